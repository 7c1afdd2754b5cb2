package tidemark.jobs;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.iceberg.SnapshotRef;

/**
 * What somebody wants of a shadow, as far as it can be checked without the tables.
 *
 * @param branch that is written
 * @param fromMs first event time that is counted; {@link #NEXT_HOUR} if none was named
 * @param waitForMs how long the end waits for main
 */
record ShadowRequest(String branch, long fromMs, long waitForMs) {
  static final long NEXT_HOUR = Long.MIN_VALUE;

  ShadowRequest {
    if (branch.isBlank() || branch.equals(SnapshotRef.MAIN_BRANCH)) {
      throw new IllegalArgumentException(
          "%s must be another branch than main, got '%s'"
              .formatted(ShadowOptions.BRANCH.key(), branch));
    }
    if (waitForMs < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0 ms, got %d ms".formatted(ShadowOptions.WAIT_FOR.key(), waitForMs));
    }
  }

  static ShadowRequest from(ReadableConfig config) {
    return new ShadowRequest(
        MainConfig.require(config, ShadowOptions.BRANCH),
        ReplayRequest.timeMs(config, ShadowOptions.FROM, NEXT_HOUR),
        config.get(ShadowOptions.WAIT_FOR).toMillis());
  }
}
