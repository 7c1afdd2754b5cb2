package tidemark.cli.sql;

import java.util.Map;

/**
 * A statement, and what is set for it alone.
 *
 * @param settings such as {@code as_of}
 */
public record SqlQuestion(String sql, Map<String, String> settings) {
  public static final String AS_OF = "as_of";
  public static final String WAIT_COMPLETE = "wait_complete";

  public SqlQuestion {
    settings = Map.copyOf(settings);
  }

  /** With nothing set. */
  public static SqlQuestion of(String sql) {
    return new SqlQuestion(sql, Map.of());
  }
}
