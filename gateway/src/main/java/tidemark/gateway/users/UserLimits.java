package tidemark.gateway.users;

import java.time.Duration;

/**
 * What one user may use.
 *
 * @param maxSessions open at once
 * @param maxQueries running at once, over all sessions
 * @param maxRows of one answer
 * @param statementTimeout of waiting for the engine, over all rows of one answer
 * @param memoryShare of the engine's memory that open answers of the user's org may hold, the next
 *     one among them; above 0, at most 1
 */
public record UserLimits(
    int maxSessions, int maxQueries, long maxRows, Duration statementTimeout, double memoryShare) {

  /** Of users whose entry names none. */
  public static final UserLimits DEFAULT =
      new UserLimits(50, 8, 10_000_000, Duration.ofSeconds(60), 0.25);

  public UserLimits {
    atLeastOne("max_sessions", maxSessions);
    atLeastOne("max_queries", maxQueries);
    atLeastOne("max_rows", maxRows);
    atLeastOne("statement_timeout_ms", statementTimeout.toMillis());
    if (!(memoryShare > 0 && memoryShare <= 1)) {
      throw new IllegalArgumentException(
          "memory_share must be above 0 and at most 1, got " + memoryShare);
    }
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be at least 1, got %d".formatted(name, value));
    }
  }
}
