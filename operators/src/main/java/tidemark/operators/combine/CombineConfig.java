package tidemark.operators.combine;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of combining.
 *
 * @param maxEntries partial aggregates that a task holds at most
 * @param flushIntervalMs how long one waits at most
 * @param batchBytes bytes after which a batch is sent
 */
public record CombineConfig(int maxEntries, long flushIntervalMs, int batchBytes)
    implements Serializable {

  public CombineConfig {
    if (maxEntries < 1 || maxEntries > 1 << 22) {
      throw new IllegalArgumentException(
          "%s must be 1 to %s, got %s"
              .formatted(CombineOptions.MAX_ENTRIES.key(), 1 << 22, maxEntries));
    }
    if (flushIntervalMs < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1 ms, got %s ms"
              .formatted(CombineOptions.FLUSH_INTERVAL.key(), flushIntervalMs));
    }
    if (batchBytes < 1024 || batchBytes > 1 << 24) {
      throw new IllegalArgumentException(
          "%s must be 1 kb to 16 mb, got %s bytes"
              .formatted(CombineOptions.BATCH_SIZE.key(), batchBytes));
    }
  }

  public static CombineConfig from(ReadableConfig config) {
    return new CombineConfig(
        config.get(CombineOptions.MAX_ENTRIES),
        config.get(CombineOptions.FLUSH_INTERVAL).toMillis(),
        (int) Math.min(Integer.MAX_VALUE, config.get(CombineOptions.BATCH_SIZE).getBytes()));
  }
}
