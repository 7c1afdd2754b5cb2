package tidemark.operators.compact;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of compaction.
 *
 * @param intervalMs time between two plans
 * @param targetBytes size at which a folded file ends
 * @param memoryBytes heap for the row groups that one worker reads side by side
 * @param graceMs how far the watermark is past what counts as closed
 * @param retryAfterMs how long planned files are left alone
 * @param effort how many files are worth folding
 */
public record CompactConfig(
    long intervalMs,
    long targetBytes,
    long memoryBytes,
    long graceMs,
    long retryAfterMs,
    CompactOptions.Effort effort)
    implements Serializable {
  /** Programs may go below what the command line allows, so that tests fold small files. */
  public static final long MIN_TARGET_BYTES = 16 << 10;

  private static final long MIN_OFFERED_BYTES = 128L << 20;
  private static final long MAX_OFFERED_BYTES = 512L << 20;

  public CompactConfig {
    requireAtLeast(intervalMs, 1, CompactOptions.INTERVAL.key());
    if (targetBytes < MIN_TARGET_BYTES || targetBytes > MAX_OFFERED_BYTES) {
      throw new IllegalArgumentException(
          "%s must be %s to %s bytes, got %s"
              .formatted(
                  CompactOptions.TARGET_SIZE.key(),
                  MIN_TARGET_BYTES,
                  MAX_OFFERED_BYTES,
                  targetBytes));
    }
    if (memoryBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "%s must be at least 1 mb, got %s bytes"
              .formatted(CompactOptions.MEMORY.key(), memoryBytes));
    }
    requireAtLeast(graceMs, 0, CompactOptions.GRACE.key());
    requireAtLeast(retryAfterMs, 1, CompactOptions.RETRY_AFTER.key());
  }

  public static CompactConfig from(ReadableConfig config) {
    MemorySize target = config.get(CompactOptions.TARGET_SIZE);
    if (target.getBytes() < MIN_OFFERED_BYTES || target.getBytes() > MAX_OFFERED_BYTES) {
      throw new IllegalArgumentException(
          "%s must be 128 mb to 512 mb, got %s bytes"
              .formatted(CompactOptions.TARGET_SIZE.key(), target.getBytes()));
    }
    return new CompactConfig(
        config.get(CompactOptions.INTERVAL).toMillis(),
        target.getBytes(),
        config.get(CompactOptions.MEMORY).getBytes(),
        config.get(CompactOptions.GRACE).toMillis(),
        config.get(CompactOptions.RETRY_AFTER).toMillis(),
        config.get(CompactOptions.EFFORT));
  }

  /** These settings with another target, which may be as small as {@link #MIN_TARGET_BYTES}. */
  public CompactConfig withTarget(long bytes) {
    return new CompactConfig(intervalMs, bytes, memoryBytes, graceMs, retryAfterMs, effort);
  }

  private static void requireAtLeast(long valueMs, long leastMs, String key) {
    if (valueMs < leastMs) {
      throw new IllegalArgumentException(
          "%s must be at least %s, got %s"
              .formatted(key, Duration.ofMillis(leastMs), Duration.ofMillis(valueMs)));
    }
  }
}
