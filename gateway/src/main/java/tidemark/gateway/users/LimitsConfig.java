package tidemark.gateway.users;

import java.time.Duration;

/**
 * What all users together, and each org, may use; {@link UserLimits} says it of one user.
 *
 * @param maxSessions open at once
 * @param maxQueries running at once, from start until their answers are closed
 * @param maxQueriesPerOrg of these
 * @param maxWaitingPerOrg queries that wait for a place; more are refused at once
 * @param queueWait for a place, and for one in the audit log; then refused
 * @param grace that the engine has to answer a cancel before its thread is left behind
 * @param answerTimeout from start until the answer is closed, however slowly it is read
 */
public record LimitsConfig(
    int maxSessions,
    int maxQueries,
    int maxQueriesPerOrg,
    int maxWaitingPerOrg,
    Duration queueWait,
    Duration grace,
    Duration answerTimeout) {

  public static final LimitsConfig DEFAULT =
      new LimitsConfig(
          500, 16, 8, 64, Duration.ofSeconds(10), Duration.ofSeconds(2), Duration.ofMinutes(15));

  public LimitsConfig {
    if (maxSessions < 1 || maxQueries < 1 || maxQueriesPerOrg < 1 || maxWaitingPerOrg < 0) {
      throw new IllegalArgumentException(
          "sessions and queries must be at least 1, got %d sessions, %d queries, %d of an org, %d waiting"
              .formatted(maxSessions, maxQueries, maxQueriesPerOrg, maxWaitingPerOrg));
    }
    if (queueWait.isNegative() || !isAboveZero(grace) || !isAboveZero(answerTimeout)) {
      throw new IllegalArgumentException(
          "times must be above zero, got %s for a place, %s of grace, %s for an answer"
              .formatted(queueWait, grace, answerTimeout));
    }
  }

  /** The same with other numbers of queries at once. */
  public LimitsConfig withQueries(int ofAll, int ofOneOrg) {
    return new LimitsConfig(
        maxSessions, ofAll, ofOneOrg, maxWaitingPerOrg, queueWait, grace, answerTimeout);
  }

  private static boolean isAboveZero(Duration time) {
    return !time.isNegative() && !time.isZero();
  }
}
