package tidemark.operators.rollup;

import tidemark.serde.partial.PartialBatch;

/** A resolution, and the finer one that feeds it. */
public enum Tier {
  TEN_SECONDS(10, PartialBatch.OPEN),
  ONE_MINUTE(60, 10),
  ONE_HOUR(3600, 60);

  private final int seconds;
  private final int inputSeconds;

  Tier(int seconds, int inputSeconds) {
    this.seconds = seconds;
    this.inputSeconds = inputSeconds;
  }

  /** Length of its windows. */
  public int seconds() {
    return seconds;
  }

  public long windowMs() {
    return seconds * 1000L;
  }

  /** Tier of the rows it merges, or {@link PartialBatch#OPEN} for the combined points. */
  int inputSeconds() {
    return inputSeconds;
  }

  boolean isFinest() {
    return inputSeconds == PartialBatch.OPEN;
  }
}
