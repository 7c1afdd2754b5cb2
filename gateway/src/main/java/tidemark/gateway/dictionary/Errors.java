package tidemark.gateway.dictionary;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/** Says in PostgreSQL's codes what the engine says in words. */
final class Errors {
  private static final Pattern ENGINE =
      Pattern.compile(
          "(?s)\\A(?:Invalid Input Error: Attempting to execute an unsuccessful[^\\n]*\\nError: )?"
              + "(?:(\\w[\\w ]*) Error: )?(.*?)(?:\\n.*)?\\z");

  private Errors() {}

  static AskException of(SQLException e) {
    Matcher matcher = ENGINE.matcher(String.valueOf(e.getMessage()));
    if (!matcher.matches()) {
      return new AskException(SqlState.INTERNAL_ERROR, "the dictionary failed", e);
    }
    String kind = String.valueOf(matcher.group(1));
    String message = matcher.group(2).strip();
    return new AskException(state(kind, message), message, e);
  }

  private static SqlState state(String kind, String message) {
    return switch (kind) {
      case "INTERRUPT" -> SqlState.QUERY_CANCELED;
      case "Out of Memory" -> SqlState.OUT_OF_MEMORY;
      case "Parser" -> SqlState.SYNTAX_ERROR;
      case "Conversion" -> SqlState.INVALID_TEXT;
      case "Out of Range" -> SqlState.DATA_EXCEPTION;
      case "Catalog" ->
          message.contains("Function") ? SqlState.UNDEFINED_FUNCTION : SqlState.UNDEFINED_TABLE;
      case "Binder" -> binder(message);
      case "Invalid Input" -> raised(message);
      default -> SqlState.INTERNAL_ERROR;
    };
  }

  private static SqlState binder(String message) {
    if (message.contains("mbiguous")) {
      return SqlState.AMBIGUOUS_COLUMN;
    }
    if (message.contains("GROUP BY")) {
      return SqlState.GROUPING_ERROR;
    }
    if (message.contains("No function matches")) {
      return SqlState.UNDEFINED_FUNCTION;
    }
    return message.contains("not found") || message.contains("does not have a column")
        ? SqlState.UNDEFINED_COLUMN
        : SqlState.DATATYPE_MISMATCH;
  }

  /** What {@code error(...)} of {@code functions.sql} says. */
  private static SqlState raised(String message) {
    if (message.startsWith("relation ")) {
      return SqlState.UNDEFINED_TABLE;
    }
    if (message.startsWith("schema ")) {
      return SqlState.INVALID_SCHEMA_NAME;
    }
    return message.endsWith("does not exist") || message.startsWith("unrecognized")
        ? SqlState.UNDEFINED_OBJECT
        : SqlState.DATA_EXCEPTION;
  }
}
