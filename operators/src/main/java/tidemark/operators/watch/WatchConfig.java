package tidemark.operators.watch;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.state.selection.ShardShare;

/**
 * The checked settings of the monitors.
 *
 * @param amendForMs how far behind the watermark verdicts are amended
 * @param lateAfterMs time after a window's end from which on its verdict is marked late
 * @param incompleteAfterMs time after a window's end from which on it is told that it is held
 * @param batchBytes bytes after which a batch of verdicts is sent on
 * @param share windows that are judged: those of which the job counts all points
 */
public record WatchConfig(
    long amendForMs, long lateAfterMs, long incompleteAfterMs, int batchBytes, ShardShare share)
    implements Serializable {
  private static final long MAX_AMEND_MS = 7 * 86_400_000L;

  public WatchConfig {
    if (amendForMs < 0 || amendForMs > MAX_AMEND_MS) {
      throw new IllegalArgumentException(
          "%s must be 0 to %s, got %s"
              .formatted(
                  WatchOptions.AMEND_FOR.key(),
                  Duration.ofMillis(MAX_AMEND_MS),
                  Duration.ofMillis(amendForMs)));
    }
    requireNotNegative(WatchOptions.LATE_AFTER, lateAfterMs);
    requireNotNegative(WatchOptions.INCOMPLETE_AFTER, incompleteAfterMs);
    if (batchBytes < 1024 || batchBytes > 1 << 24) {
      throw new IllegalArgumentException(
          "%s must be 1 kb to 16 mb, got %s bytes"
              .formatted(WatchOptions.BATCH_SIZE.key(), batchBytes));
    }
  }

  /** Of a job that counts every point. */
  public WatchConfig(long amendForMs, long lateAfterMs, long incompleteAfterMs, int batchBytes) {
    this(amendForMs, lateAfterMs, incompleteAfterMs, batchBytes, ShardShare.ALL);
  }

  /** The same for a job that counts the points of some shards. */
  public WatchConfig of(ShardShare ofShards) {
    return new WatchConfig(amendForMs, lateAfterMs, incompleteAfterMs, batchBytes, ofShards);
  }

  private static void requireNotNegative(ConfigOption<Duration> option, long ms) {
    if (ms < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0 ms, got %s ms".formatted(option.key(), ms));
    }
  }

  public static WatchConfig from(ReadableConfig config) {
    return new WatchConfig(
        config.get(WatchOptions.AMEND_FOR).toMillis(),
        config.get(WatchOptions.LATE_AFTER).toMillis(),
        config.get(WatchOptions.INCOMPLETE_AFTER).toMillis(),
        (int) Math.min(Integer.MAX_VALUE, config.get(WatchOptions.BATCH_SIZE).getBytes()));
  }
}
