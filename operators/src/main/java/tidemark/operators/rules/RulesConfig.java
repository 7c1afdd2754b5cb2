package tidemark.operators.rules;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of the rules stage.
 *
 * @param maxEntries rows gathered before they are sent
 * @param maxCachedSeries finer series whose way is remembered
 * @param memoryBytes heap for the open windows of coarser series of one tier in one task
 * @param batchBytes bytes after which a batch for one key group is sent on
 */
public record RulesConfig(int maxEntries, int maxCachedSeries, long memoryBytes, int batchBytes)
    implements Serializable {

  public RulesConfig {
    if (maxEntries < 16 || maxEntries > 1 << 22) {
      throw new IllegalArgumentException(
          "%s must be 16 to %s, got %s"
              .formatted(RulesOptions.MAX_ENTRIES.key(), 1 << 22, maxEntries));
    }
    if (maxCachedSeries < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1, got %s"
              .formatted(RulesOptions.MAX_CACHED_SERIES.key(), maxCachedSeries));
    }
    if (batchBytes < 1024) {
      throw new IllegalArgumentException("a batch must be at least 1 kb, got " + batchBytes);
    }
  }

  /**
   * @param batchBytes that of combining, which fills the same network
   */
  public static RulesConfig from(ReadableConfig config, int batchBytes) {
    return new RulesConfig(
        config.get(RulesOptions.MAX_ENTRIES),
        config.get(RulesOptions.MAX_CACHED_SERIES),
        config.get(RulesOptions.MEMORY).getBytes(),
        batchBytes);
  }
}
