package tidemark.gateway.postgres;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/** Turns a statement into a {@link Plan}: the session's, or what the protocol answers itself. */
final class Planner {
  private static final Set<String> UTF8 = Set.of("utf8", "utf-8", "unicode", "default");
  private static final int[] TEXT_FORMAT = {};

  private final Conversation conversation;
  private final Peers peers;

  Planner(Conversation conversation, Peers peers) {
    this.conversation = conversation;
    this.peers = peers;
  }

  Plan plan(String sql) {
    Command command = CommandParser.parse(sql);
    if (command instanceof Command.Query query) {
      return ofSession(query.sql());
    }
    if (command instanceof Command.SetParameter set) {
      return new Telling(ofSession(set.sql()), set);
    }
    Plan plan = cursorPlan(command);
    plan = plan == null ? transactionPlan(command) : plan;
    plan = plan == null ? statementPlan(command) : plan;
    return plan == null ? connectionPlan(command) : plan;
  }

  private Plan ofSession(String sql) {
    // A failed block refuses anyway; asking the session first would tell more than PostgreSQL does.
    if (conversation.transaction().status() == Transaction.Status.FAILED) {
      throw Conversation.failedTransaction();
    }
    return new Plan.OfSession(conversation.session().prepare(sql));
  }

  /** A statement of the session after which the client is told a new value. */
  private final class Telling implements Plan {
    private final Plan plan;
    private final Command.SetParameter set;

    Telling(Plan plan, Command.SetParameter set) {
      this.plan = plan;
      this.set = set;
    }

    @Override
    public List<ValueType> parameterTypes() {
      return plan.parameterTypes();
    }

    @Override
    public List<Column> columns() {
      return plan.columns();
    }

    @Override
    public Run run(List<Object> parameters) {
      Run run = plan.run(parameters);
      conversation.responses().parameterStatus(set.name(), set.value());
      return run;
    }

    @Override
    public void close() {
      plan.close();
    }
  }

  private Plan transactionPlan(Command command) {
    Transaction transaction = conversation.transaction();
    if (command instanceof Command.Begin begin) {
      return effect(begin.tag(), this::begin);
    }
    if (command instanceof Command.Commit) {
      return new Plan.EndOfTransaction(() -> end("COMMIT"));
    }
    if (command instanceof Command.Rollback) {
      return new Plan.EndOfTransaction(() -> end("ROLLBACK"));
    }
    if (command instanceof Command.Savepoint savepoint) {
      return effect("SAVEPOINT", () -> transaction.savepoint(savepoint.name(), portalNames()));
    }
    if (command instanceof Command.Release release) {
      return effect("RELEASE", () -> transaction.release(release.name()));
    }
    if (command instanceof Command.RollbackTo rollback) {
      return new Plan.EndOfTransaction(() -> rollbackTo(rollback.name()));
    }
    return null;
  }

  private void begin() {
    if (!conversation.transaction().isIdle()) {
      conversation
          .responses()
          .warning(
              SqlState.INVALID_TRANSACTION_STATE, "there is already a transaction in progress");
    }
    conversation.transaction().begin();
  }

  private Plan.Run end(String tag) {
    Transaction.Status before = conversation.transaction().status();
    if (before == Transaction.Status.IDLE) {
      conversation
          .responses()
          .warning(SqlState.INVALID_TRANSACTION_STATE, "there is no transaction in progress");
    }
    conversation.transaction().end();
    conversation.portals().closeUnheld();
    return done(before == Transaction.Status.FAILED ? "ROLLBACK" : tag);
  }

  private Plan.Run rollbackTo(String name) {
    Set<String> kept = conversation.transaction().rollbackTo(name);
    for (String portal : conversation.portals().names()) {
      if (!kept.contains(portal)) {
        conversation.portals().close(portal);
      }
    }
    return done("ROLLBACK");
  }

  private Set<String> portalNames() {
    return new HashSet<>(conversation.portals().names());
  }

  private Plan cursorPlan(Command command) {
    Portals portals = conversation.portals();
    if (command instanceof Command.Declare declare) {
      return effect("DECLARE CURSOR", () -> declare(declare));
    }
    if (command instanceof Command.Fetch fetch) {
      List<Column> columns = portals.cursor(fetch.cursor()).columns();
      return new Plan.OfProtocol(
          columns,
          () ->
              new Plan.Run(
                  "FETCH", new FetchAnswer(portals.cursor(fetch.cursor()), fetch.count())));
    }
    if (command instanceof Command.Move move) {
      return new Plan.OfProtocol(
          List.of(),
          () ->
              done(
                  "MOVE "
                      + conversation.skip(
                          new FetchAnswer(portals.cursor(move.cursor()), move.count()))));
    }
    if (command instanceof Command.CloseCursor close) {
      return effect(
          "CLOSE CURSOR",
          () -> {
            portals.cursor(close.name());
            portals.close(close.name());
          });
    }
    return command instanceof Command.CloseAllCursors
        ? effect("CLOSE CURSOR ALL", this::closeCursors)
        : null;
  }

  /** All but the portal without name, which may be the one that runs this statement. */
  private void closeCursors() {
    for (String name : conversation.portals().names()) {
      if (!name.isEmpty()) {
        conversation.portals().close(name);
      }
    }
  }

  private void declare(Command.Declare declare) {
    boolean isHeld = declare.hold() == Command.Hold.SESSION;
    if (!isHeld && conversation.transaction().isIdle()) {
      throw new AskException(
              SqlState.INVALID_TRANSACTION_STATE,
              "DECLARE CURSOR can only be used in transaction blocks")
          .withHint("Send BEGIN first, or declare it WITH HOLD.");
    }
    Prepared prepared = prepared(declare.sql(), declare.offset(), List.of());
    try {
      Portal.Life life = isHeld ? Portal.Life.SESSION : Portal.Life.TRANSACTION;
      Portal portal = new Portal(prepared, prepared.arguments(List.of()), 0, TEXT_FORMAT, life);
      conversation.portals().add(declare.name(), portal);
      try {
        portal.start();
      } catch (RuntimeException e) {
        conversation.portals().close(declare.name());
        throw e;
      }
    } finally {
      prepared.release();
    }
  }

  /** A statement inside of another one. */
  private Prepared prepared(String sql, int offset, List<String> types) {
    try {
      Plan plan = ofSession(sql);
      try {
        int[] oids = types.stream().mapToInt(Planner::oidOf).toArray();
        return new Prepared(plan, oids, sql.length(), conversation.budget(), offset);
      } catch (AskException e) {
        plan.close();
        throw e;
      }
    } catch (AskException e) {
      throw e.position().isPresent() ? e.at(e.position().getAsInt() + offset) : e;
    }
  }

  private static int oidOf(String type) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "int", "integer", "int4" -> PostgresType.INT4.oid();
      case "bigint", "int8" -> PostgresType.INT8.oid();
      case "smallint", "int2" -> PostgresType.INT2.oid();
      case "real", "float4" -> PostgresType.FLOAT4.oid();
      case "double precision", "float8", "float" -> PostgresType.FLOAT8.oid();
      case "numeric", "decimal" -> PostgresType.NUMERIC.oid();
      case "bool", "boolean" -> PostgresType.BOOL.oid();
      case "date" -> PostgresType.DATE.oid();
      case "timestamp", "timestamp without time zone" -> PostgresType.TIMESTAMP.oid();
      case "timestamptz", "timestamp with time zone" -> PostgresType.TIMESTAMPTZ.oid();
      case "text", "varchar", "character varying" -> PostgresType.TEXT.oid();
      case "uuid" -> PostgresType.UUID.oid();
      case "unknown" -> 0;
      default ->
          throw new AskException(
              SqlState.UNDEFINED_OBJECT, "type \"%s\" does not exist".formatted(type));
    };
  }

  private Plan statementPlan(Command command) {
    if (command instanceof Command.Prepare prepare) {
      return effect("PREPARE", () -> prepare(prepare));
    }
    if (command instanceof Command.Execute execute) {
      Prepared prepared = conversation.statement(execute.name());
      if (prepared.isEmpty()) {
        return effect("EXECUTE", () -> {});
      }
      List<Object> arguments = prepared.arguments(execute.arguments());
      return new Plan.OfProtocol(
          prepared.describe(), () -> conversation.statement(execute.name()).plan().run(arguments));
    }
    if (command instanceof Command.Deallocate deallocate) {
      return effect(
          "DEALLOCATE",
          () -> {
            conversation.statement(deallocate.name());
            conversation.closeStatement(deallocate.name());
          });
    }
    return command instanceof Command.DeallocateAll
        ? effect("DEALLOCATE ALL", conversation::closeStatements)
        : null;
  }

  private void prepare(Command.Prepare prepare) {
    conversation.checkNewStatement(prepare.name());
    Prepared prepared = prepared(prepare.sql(), prepare.offset(), prepare.types());
    try {
      prepared.describe(); // what cannot run is not prepared
    } catch (AskException e) {
      prepared.release();
      throw e;
    }
    conversation.keepStatement(prepare.name(), prepared);
  }

  private Plan connectionPlan(Command command) {
    if (command instanceof Command.NoOperation nothing) {
      return effect(nothing.tag(), () -> {});
    }
    if (command instanceof Command.ClientEncoding encoding) {
      return effect("SET", () -> checkEncoding(encoding.encoding()));
    }
    if (command instanceof Command.DiscardAll) {
      return effect("DISCARD ALL", this::discardAll);
    }
    if (command instanceof Command.BackendId) {
      Column column = new Column("pg_backend_pid", ValueType.INT4);
      return row(column, () -> conversation.login().processId());
    }
    if (command instanceof Command.CancelBackend cancel) {
      Column column = new Column("pg_cancel_backend", ValueType.BOOL);
      String user = conversation.login().user();
      return row(column, () -> peers.cancel(cancel.processId(), user));
    }
    throw new IllegalStateException("no plan for " + command);
  }

  /**
   * @throws AskException if it is another one than ours
   */
  static void checkEncoding(String encoding) {
    if (!UTF8.contains(encoding.toLowerCase(Locale.ROOT))
        && !encoding.equalsIgnoreCase("SQL_ASCII")) {
      throw new AskException(
              SqlState.FEATURE_NOT_SUPPORTED,
              "client_encoding must be UTF8, got \"%s\"".formatted(encoding))
          .withHint("Set client_encoding (PGCLIENTENCODING) to UTF8.");
    }
  }

  private void discardAll() {
    if (!conversation.transaction().isIdle()) {
      throw new AskException(
          SqlState.INVALID_TRANSACTION_STATE, "DISCARD ALL cannot run inside a transaction block");
    }
    conversation.discardAll();
  }

  private static Plan effect(String tag, Runnable effect) {
    return new Plan.OfProtocol(
        List.of(),
        () -> {
          effect.run();
          return done(tag);
        });
  }

  private static Plan row(Column column, Supplier<Object> value) {
    return new Plan.OfProtocol(
        List.of(column), () -> new Plan.Run("SELECT", ListAnswer.of(column, value.get())));
  }

  private static Plan.Run done(String tag) {
    return new Plan.Run(tag, ListAnswer.empty());
  }
}
