package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Tells what the protocol answers itself from what goes to the session. Looks at the first words of
 * a statement only, and reads on if they are known.
 */
final class CommandParser {
  private static final Set<String> MODES =
      Set.of(
          "isolation",
          "level",
          "serializable",
          "repeatable",
          "read",
          "committed",
          "uncommitted",
          "only",
          "write",
          "not",
          "deferrable");

  private final String sql;
  private final Words words;

  private CommandParser(String sql) {
    this.sql = sql;
    this.words = new Words(sql);
  }

  /**
   * @param sql one statement
   * @throws AskException if it begins like one of ours and is none
   */
  static Command parse(String sql) {
    return new CommandParser(sql).command();
  }

  private Command command() {
    return switch (words.peek()) {
      case "begin", "start" -> begin();
      case "commit", "end", "rollback", "abort" -> endOfTransaction();
      case "savepoint", "release" -> savepoint();
      case "declare" -> declare();
      case "fetch", "move" -> fetch();
      case "close" -> close();
      case "prepare" -> prepare();
      case "execute" -> execute();
      case "deallocate" -> deallocate();
      case "discard" -> discard();
      case "set" -> set();
      case "unlisten" -> new Command.NoOperation("UNLISTEN");
      case "select" -> select();
      case "copy", "listen", "notify" -> throw unsupported(words.peek().toUpperCase(Locale.ROOT));
      default -> new Command.Query(sql);
    };
  }

  private Command begin() {
    String tag = "BEGIN";
    if (words.take().equals("start")) {
      words.need("transaction");
      tag = "START TRANSACTION";
    } else if (!words.accept("work")) {
      words.accept("transaction");
    }
    modes();
    return new Command.Begin(tag);
  }

  private void modes() {
    while (!words.isAtEnd()) {
      if (!words.acceptSymbol(',') && !MODES.contains(words.take())) {
        throw words.syntaxErrorBefore();
      }
    }
  }

  private Command endOfTransaction() {
    String first = words.take();
    boolean isCommit = first.equals("commit") || first.equals("end");
    if (words.accept("prepared")) {
      throw unsupported("a prepared transaction");
    }
    if (!words.accept("work")) {
      words.accept("transaction");
    }
    if (!isCommit && words.accept("to")) {
      words.accept("savepoint");
      return words.last(new Command.RollbackTo(words.name()));
    }
    if (words.accept("and")) {
      if (!words.accept("no")) {
        throw unsupported("AND CHAIN");
      }
      words.need("chain");
    }
    return words.last(isCommit ? new Command.Commit() : new Command.Rollback());
  }

  private Command savepoint() {
    if (words.take().equals("savepoint")) {
      return words.last(new Command.Savepoint(words.name()));
    }
    words.accept("savepoint");
    return words.last(new Command.Release(words.name()));
  }

  private Command declare() {
    words.take();
    String name = words.name();
    while (!words.accept("cursor")) {
      switch (words.take()) {
        case "binary" -> throw unsupported("a binary cursor");
        // Asked for, but only missed by one who goes backwards.
        case "scroll", "no", "insensitive", "asensitive" -> {}
        default -> throw words.syntaxErrorBefore();
      }
    }
    Command.Hold hold = Command.Hold.TRANSACTION;
    if (words.accept("with")) {
      words.need("hold");
      hold = Command.Hold.SESSION;
    } else if (words.accept("without")) {
      words.need("hold");
    }
    words.need("for");
    return new Command.Declare(name, hold, words.rest(), words.offset());
  }

  private Command fetch() {
    boolean isMove = words.take().equals("move");
    long count = 1;
    switch (words.peek()) {
      case "next" -> words.take();
      case "forward" -> {
        words.take();
        count = words.peek().equals("from") || words.peek().equals("in") ? 1 : optionalCount();
      }
      case "backward", "prior", "first", "last", "absolute", "relative" -> throw backwards();
      default -> count = optionalCount();
    }
    if (!words.accept("from")) {
      words.accept("in");
    }
    String cursor = words.name();
    return words.last(isMove ? new Command.Move(cursor, count) : new Command.Fetch(cursor, count));
  }

  private long optionalCount() {
    if (words.accept("all")) {
      return Command.Fetch.ALL;
    }
    if (words.isSymbol('-')) {
      throw backwards();
    }
    return words.isNumber() ? words.number() : 1;
  }

  private static AskException backwards() {
    return new AskException(SqlState.FEATURE_NOT_SUPPORTED, "cursor can only scan forward")
        .withHint("Run the query again, or order it the other way round.");
  }

  private Command close() {
    words.take();
    return words.last(
        words.accept("all")
            ? new Command.CloseAllCursors()
            : new Command.CloseCursor(words.name()));
  }

  private Command prepare() {
    words.take();
    if (words.peek().equals("transaction")) {
      throw unsupported("a prepared transaction");
    }
    String name = words.name();
    List<String> types = new ArrayList<>();
    if (words.acceptSymbol('(')) {
      do {
        StringBuilder type = new StringBuilder();
        while (!words.isSymbol(',') && !words.isSymbol(')') && !words.isAtEnd()) {
          type.append(type.isEmpty() ? "" : " ").append(words.take());
        }
        types.add(type.toString());
      } while (words.acceptSymbol(','));
      words.needSymbol(')');
    }
    words.need("as");
    return new Command.Prepare(name, types, words.rest(), words.offset());
  }

  private Command execute() {
    words.take();
    String name = words.name();
    List<String> arguments = new ArrayList<>();
    if (words.acceptSymbol('(')) {
      do {
        arguments.add(words.literal());
      } while (words.acceptSymbol(','));
      words.needSymbol(')');
    }
    return words.last(new Command.Execute(name, arguments));
  }

  private Command deallocate() {
    words.take();
    words.accept("prepare");
    return words.last(
        words.accept("all") ? new Command.DeallocateAll() : new Command.Deallocate(words.name()));
  }

  private Command discard() {
    words.take();
    return switch (words.take()) {
      case "all" -> words.last(new Command.DiscardAll());
      case "plans", "sequences" -> words.last(new Command.NoOperation("DISCARD"));
      case "temp", "temporary" -> words.last(new Command.NoOperation("DISCARD TEMP"));
      default -> throw words.syntaxErrorBefore();
    };
  }

  private Command set() {
    words.take();
    if (words.accept("transaction")) {
      modes();
      return new Command.NoOperation("SET");
    }
    if (words.accept("session")) {
      if (words.accept("characteristics")) {
        words.need("as");
        words.need("transaction");
        modes();
        return new Command.NoOperation("SET");
      }
    } else {
      words.accept("local");
    }
    if (words.accept("names")) {
      return words.last(new Command.ClientEncoding(words.value()));
    }
    String name = words.peek();
    if (!name.equals("client_encoding") && !name.equals("application_name")) {
      return new Command.Query(sql);
    }
    words.take();
    if (!words.accept("to")) {
      words.needSymbol('=');
    }
    String value = words.value();
    return words.last(
        name.equals("client_encoding")
            ? new Command.ClientEncoding(value)
            : new Command.SetParameter(sql, name, value));
  }

  /** Two functions about connections, which only the protocol knows; alone in their statement. */
  private Command select() {
    words.take();
    if (words.accept("pg_catalog")) {
      words.acceptSymbol('.');
    }
    String function = words.peek();
    if (!function.equals("pg_backend_pid") && !function.equals("pg_cancel_backend")) {
      return new Command.Query(sql);
    }
    words.take();
    if (!words.acceptSymbol('(')) {
      return new Command.Query(sql);
    }
    int processId = 0;
    if (function.equals("pg_cancel_backend")) {
      if (!words.isNumber()) {
        return new Command.Query(sql);
      }
      processId = (int) words.number();
    }
    if (!words.acceptSymbol(')') || !words.isAtEnd()) {
      return new Command.Query(sql);
    }
    return function.equals("pg_backend_pid")
        ? new Command.BackendId()
        : new Command.CancelBackend(processId);
  }

  private static AskException unsupported(String what) {
    return new AskException(SqlState.FEATURE_NOT_SUPPORTED, what + " is not supported");
  }
}
