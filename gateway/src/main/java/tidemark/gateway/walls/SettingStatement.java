package tidemark.gateway.walls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.walls.Token.Kind;

/**
 * SET, RESET and SHOW, read from their tokens: no engine sees them.
 *
 * <pre>
 * SET [SESSION | LOCAL] name {= | TO} {value [, value ...] | DEFAULT}
 * SET [SESSION | LOCAL] TIME ZONE {value | LOCAL | DEFAULT}
 * RESET {name | TIME ZONE | ALL}
 * SHOW {name | TIME ZONE | TRANSACTION ISOLATION LEVEL | TABLES | ALL}
 * </pre>
 */
final class SettingStatement {
  private static final String TIME_ZONE = "timezone";

  private final String sql;
  private final List<Token> tokens;
  private final WallLists lists;
  private int next = 1;

  SettingStatement(String sql, List<Token> tokens, WallLists lists) {
    this.sql = sql;
    this.tokens = tokens;
    this.lists = lists;
  }

  /** Of a statement whose first word is SET, RESET or SHOW. */
  CheckedStatement check() {
    Token first = tokens.get(0);
    CheckedStatement checked =
        first.isWord("set") ? set() : first.isWord("reset") ? reset() : show();
    if (next < tokens.size()) {
      throw syntaxError();
    }
    return checked;
  }

  private CheckedStatement set() {
    if (nextIsWord("session") || nextIsWord("local")) {
      next++;
    }
    String name;
    if (takeWords("time", "zone")) {
      name = checkName(TIME_ZONE, lists.settings());
    } else {
      name = checkName(name(), lists.settings());
      if (!takeSymbol('=') && !takeWords("to")) {
        throw syntaxError();
      }
    }
    if (takeWords("default") || (name.equals(TIME_ZONE) && takeWords("local"))) {
      return checked(StatementKind.RESET, name, "");
    }
    List<String> values = new ArrayList<>();
    do {
      values.add(value());
    } while (takeSymbol(','));
    String value = String.join(", ", values);
    if (value.length() > WallLimits.SETTING_CHARACTERS) {
      throw new AskException(
          SqlState.INVALID_PARAMETER_VALUE,
          "a setting may have %d characters, got %d"
              .formatted(WallLimits.SETTING_CHARACTERS, value.length()));
    }
    return checked(StatementKind.SET, name, value);
  }

  private CheckedStatement reset() {
    if (takeWords("all")) {
      return checked(StatementKind.RESET, "all", "");
    }
    String name = takeWords("time", "zone") ? TIME_ZONE : name();
    return checked(StatementKind.RESET, checkName(name, lists.settings()), "");
  }

  private CheckedStatement show() {
    if (takeWords("tables")) {
      return checked(StatementKind.SHOW_TABLES, "", "");
    }
    if (takeWords("all")) {
      return checked(StatementKind.SHOW_ALL, "", "");
    }
    String name;
    if (takeWords("time", "zone")) {
      name = TIME_ZONE;
    } else if (takeWords("transaction", "isolation", "level")) {
      name = "transaction_isolation";
    } else {
      name = name();
    }
    if (!lists.shownSettings().contains(name)) {
      checkName(name, lists.settings());
    }
    return checked(StatementKind.SHOW_SETTING, name, "");
  }

  private CheckedStatement checked(StatementKind kind, String name, String value) {
    String text = sql.substring(0, tokens.get(tokens.size() - 1).end());
    return CheckedStatement.ofSetting(kind, text, name, value);
  }

  private String checkName(String name, Set<String> allowed) {
    if (allowed.contains(name)) {
      return name;
    }
    AskException refusal =
        new AskException(
                SqlState.UNDEFINED_OBJECT, "there is no setting \"%s\" here".formatted(name))
            .at(TextPlace.position(sql, tokens.get(Math.min(1, tokens.size() - 1)).start()));
    throw refusal.withHint(
        lists.relations().contains(name)
            ? "DESCRIBE shows the columns of a relation"
            : "SHOW ALL lists the settings");
  }

  private String name() {
    StringBuilder name = new StringBuilder(nextName());
    while (takeSymbol('.')) {
      name.append('.').append(nextName());
    }
    return name.toString();
  }

  private String nextName() {
    if (next == tokens.size() || !tokens.get(next).isName()) {
      throw syntaxError();
    }
    return tokens.get(next++).lowerCase();
  }

  private String value() {
    boolean isNegative = takeSymbol('-');
    if (!isNegative) {
      takeSymbol('+');
    }
    if (next == tokens.size()) {
      throw syntaxError();
    }
    Token token = tokens.get(next);
    boolean isValue = token.kind() == Kind.NUMBER || (!isSigned() && isText(token));
    if (!isValue) {
      throw syntaxError();
    }
    next++;
    return isNegative ? "-" + token.text() : token.value();
  }

  private boolean isSigned() {
    return tokens.get(next - 1).isSymbol('-') || tokens.get(next - 1).isSymbol('+');
  }

  private static boolean isText(Token token) {
    return token.isName() || token.kind() == Kind.STRING;
  }

  private boolean nextIsWord(String word) {
    return next < tokens.size() && tokens.get(next).isWord(word);
  }

  private boolean takeWords(String... words) {
    for (int word = 0; word < words.length; word++) {
      if (next + word >= tokens.size() || !tokens.get(next + word).isWord(words[word])) {
        return false;
      }
    }
    next += words.length;
    return true;
  }

  private boolean takeSymbol(char symbol) {
    boolean isNext = next < tokens.size() && tokens.get(next).isSymbol(symbol);
    next += isNext ? 1 : 0;
    return isNext;
  }

  private AskException syntaxError() {
    if (next >= tokens.size()) {
      return new AskException(SqlState.SYNTAX_ERROR, "syntax error at the end of the statement")
          .at(TextPlace.position(sql, tokens.get(tokens.size() - 1).end()));
    }
    Token token = tokens.get(next);
    return new AskException(
            SqlState.SYNTAX_ERROR, "syntax error at or near \"%s\"".formatted(token.text()))
        .at(TextPlace.position(sql, token.start()));
  }
}
