package tidemark.gateway.postgres;

import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

/**
 * What a connection does at the moment, and who wants it to stop. Thread-safe: the connection's
 * thread begins and ends, other connections and the server cancel.
 *
 * <p>A cancel that comes while nothing runs has no effect, as in PostgreSQL.
 */
final class Activity {
  private Session session;
  private boolean isRunning;
  private boolean isCancelled;
  private long sinceNanos;

  synchronized void attach(Session current) {
    session = current;
  }

  synchronized void begin() {
    if (!isRunning) {
      isRunning = true;
      sinceNanos = System.nanoTime();
    }
  }

  synchronized void end() {
    isRunning = false;
    isCancelled = false;
  }

  /** For how long something has been running, in nanoseconds; 0 if nothing is. */
  synchronized long runningNanos() {
    return isRunning ? Math.max(1, System.nanoTime() - sinceNanos) : 0;
  }

  synchronized void cancel() {
    if (isRunning) {
      isCancelled = true;
      cancelSession();
    }
  }

  /**
   * Cancels again what was cancelled: the session may not have begun to run it when the first
   * attempt came.
   */
  synchronized void insist() {
    if (isRunning && isCancelled) {
      cancelSession();
    }
  }

  private void cancelSession() {
    if (session != null) {
      session.cancel();
    }
  }

  /** An error was told; it was the cancel's or stands for it. */
  synchronized void forget() {
    isCancelled = false;
  }

  /**
   * @throws AskException if someone wants it to stop; once
   */
  synchronized void check() {
    if (isCancelled) {
      isCancelled = false;
      throw new AskException(SqlState.QUERY_CANCELED, "canceling statement due to user request");
    }
  }
}
