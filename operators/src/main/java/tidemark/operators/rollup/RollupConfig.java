package tidemark.operators.rollup;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of rolling up.
 *
 * @param memoryBytes heap for the open windows of one tier in one task
 * @param maxOpenWindows pairs of key group and window of one tier in one task
 * @param batchBytes bytes after which a batch of rows is sent on
 */
public record RollupConfig(long memoryBytes, int maxOpenWindows, int batchBytes)
    implements Serializable {

  public RollupConfig {
    if (memoryBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "%s must be at least 1 mb, got %s bytes"
              .formatted(RollupOptions.MEMORY.key(), memoryBytes));
    }
    if (maxOpenWindows < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1, got %s"
              .formatted(RollupOptions.MAX_OPEN_WINDOWS.key(), maxOpenWindows));
    }
    if (batchBytes < 1024 || batchBytes > 1 << 24) {
      throw new IllegalArgumentException(
          "%s must be 1 kb to 16 mb, got %s bytes"
              .formatted(RollupOptions.BATCH_SIZE.key(), batchBytes));
    }
  }

  public static RollupConfig from(ReadableConfig config) {
    return new RollupConfig(
        config.get(RollupOptions.MEMORY).getBytes(),
        config.get(RollupOptions.MAX_OPEN_WINDOWS),
        (int) Math.min(Integer.MAX_VALUE, config.get(RollupOptions.BATCH_SIZE).getBytes()));
  }

  /** These settings with other memory. */
  public RollupConfig withMemory(long bytes) {
    return new RollupConfig(bytes, maxOpenWindows, batchBytes);
  }
}
