package tidemark.gateway.query;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.scan.ScanException;

/** What the engine says, in words for the user: without paths, stacks and names of its own. */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  /** DuckDB's words around the message proper, and the Java stack behind one of our functions. */
  private static final Pattern NOISE =
      Pattern.compile(
          "\\A(?:Invalid Input Error: Attempting to execute an unsuccessful[^\\n]*\\nError: )?"
              + "(?:java\\.sql\\.SQLException: )?(?<kind>[A-Z][A-Za-z ]*?(?:Error|Exception)?): "
              + "(?:java\\.lang\\.\\w+: )?(?<message>.*?)(?:\\n\\s*(?:LINE \\d+:|at ).*)?\\z",
          Pattern.DOTALL);

  private static final Pattern PATH = Pattern.compile("[^\\s\"']*/[^\\s\"']*|hot_\\d+");

  private static final Pattern VALUE = Pattern.compile("['\"]([^'\"]*)['\"]");

  /** What a table cannot hold, hence no answer. */
  private static final String UNNAMED = "from an unnamed struct";

  private static final String CANCELLED = "the statement was cancelled";

  private static final Map<String, SqlState> STATES = states();

  private Failures() {}

  private static Map<String, SqlState> states() {
    Map<String, SqlState> states = new LinkedHashMap<>();
    states.put("parser", SqlState.SYNTAX_ERROR);
    states.put("binder", SqlState.SYNTAX_ERROR);
    states.put("catalog", SqlState.UNDEFINED_FUNCTION);
    states.put("conversion", SqlState.INVALID_TEXT);
    states.put("out of range", SqlState.DATA_EXCEPTION);
    states.put("invalid input", SqlState.DATA_EXCEPTION);
    states.put("invalid type", SqlState.DATATYPE_MISMATCH);
    states.put("mismatch type", SqlState.DATATYPE_MISMATCH);
    states.put("out of memory", SqlState.OUT_OF_MEMORY);
    states.put("interrupt", SqlState.QUERY_CANCELED);
    states.put("not implemented", SqlState.FEATURE_NOT_SUPPORTED);
    states.put("parameter not resolved", SqlState.DATATYPE_MISMATCH);
    states.put("parameter not allowed", SqlState.FEATURE_NOT_SUPPORTED);
    return states;
  }

  /** The failure of something that is no statement of the user's. */
  static AskException of(SQLException e) {
    return of(e, "");
  }

  /**
   * The failure as the user may see it. What is none of the user's is logged and not told; nor is a
   * value that the statement does not name itself, since the engine may have met it in another
   * org's row before that row was filtered out.
   */
  static AskException of(SQLException e, String sql) {
    if (ScanException.reason(e).equals(Optional.of(ScanException.Reason.CANCELLED))) {
      return new AskException(SqlState.QUERY_CANCELED, CANCELLED, e);
    }
    Matcher matcher = NOISE.matcher(String.valueOf(e.getMessage()));
    if (matcher.matches()) {
      String kind = matcher.group("kind").toLowerCase(Locale.ROOT);
      String message = matcher.group("message").strip();
      for (Map.Entry<String, SqlState> state : STATES.entrySet()) {
        if (kind.startsWith(state.getKey())) {
          return new AskException(
              refine(state.getValue(), message),
              scrubbed(shown(message), state.getValue(), sql),
              e);
        }
      }
    }
    LOG.error("the engine failed", e);
    return new AskException(SqlState.IO_ERROR, "the tables could not be read: ask again", e);
  }

  private static String scrubbed(String message, SqlState state, String sql) {
    String withoutPaths = PATH.matcher(message).replaceAll("...");
    if (state != SqlState.INVALID_TEXT && state != SqlState.DATA_EXCEPTION) {
      return withoutPaths;
    }
    return VALUE
        .matcher(withoutPaths)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(sql.contains(match.group(1)) ? match.group() : "'...'"));
  }

  private static SqlState refine(SqlState state, String message) {
    if (message.contains(UNNAMED)) {
      return SqlState.FEATURE_NOT_SUPPORTED;
    }
    if (state == SqlState.SYNTAX_ERROR) {
      if (message.contains("not found in FROM clause")
          || message.contains("does not have a column")) {
        return SqlState.UNDEFINED_COLUMN;
      }
      if (message.startsWith("Ambiguous reference")) {
        return SqlState.AMBIGUOUS_COLUMN;
      }
      if (message.contains("GROUP BY")) {
        return SqlState.GROUPING_ERROR;
      }
      if (message.startsWith("No function matches")) {
        return SqlState.UNDEFINED_FUNCTION;
      }
    }
    return state;
  }

  private static String shown(String message) {
    if (message.contains(UNNAMED)) {
      return "a row without names cannot be a column: name what is in it, such as {name: 1}";
    }
    return message.startsWith("INTERRUPT") || message.startsWith("Interrupted")
        ? CANCELLED
        : message;
  }

  /**
   * Whether the engine dropped a table of hot rows between plan and run, so that it is tried again.
   */
  static boolean isGone(SQLException e) {
    return String.valueOf(e.getMessage()).contains("Table with name hot_");
  }
}
