package tidemark.operators.replay;

import java.time.Duration;

/**
 * How much of a replay is done, and how long the rest will take if it goes on as it did since the
 * job started. Written by one thread, read by those that ask for metrics.
 */
public final class ReplayEstimate {
  private static final long UNKNOWN = -1;

  private final long total;
  private long leftAtFirst = UNKNOWN;
  private long elapsedMs;
  private volatile double percentDone;
  private volatile long secondsLeft = UNKNOWN;

  /**
   * @param total weight of the whole replay, also of what an earlier start has done
   */
  public ReplayEstimate(long total) {
    this.total = total;
  }

  /**
   * @param left weight of what is still to be read
   * @param passed since the last call
   */
  public void update(long left, Duration passed) {
    percentDone = total == 0 ? 100 : 100.0 * (total - left) / total;
    if (leftAtFirst == UNKNOWN) {
      leftAtFirst = left;
      return;
    }
    elapsedMs += passed.toMillis();
    long done = leftAtFirst - left;
    secondsLeft = done <= 0 ? UNKNOWN : (long) ((double) left / done * elapsedMs / 1_000);
  }

  public double percentDone() {
    return percentDone;
  }

  /** -1 as long as nobody knows. */
  public long secondsLeft() {
    return secondsLeft;
  }

  /**
   * How far it is, in words.
   *
   * @param unit of the weights
   * @param unitWeight weight of one such unit
   */
  public String text(String unit, double unitWeight) {
    return "%.1f %% of %.1f %s read, %s left"
        .formatted(
            percentDone,
            total / unitWeight,
            unit,
            secondsLeft == UNKNOWN ? "unknown time" : secondsLeft + " s");
  }

  @Override
  public String toString() {
    return text("MB", 1e6);
  }
}
