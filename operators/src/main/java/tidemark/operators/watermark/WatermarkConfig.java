package tidemark.operators.watermark;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of the watermark.
 *
 * @param withoutHeartbeats what a partition does before its first heartbeat
 * @param estimateDelayMs how far an estimated watermark stays behind broker time
 * @param idleAfterMs silence after which a partition without heartbeats holds nobody
 */
public record WatermarkConfig(
    WithoutHeartbeats withoutHeartbeats, long estimateDelayMs, long idleAfterMs)
    implements Serializable {

  public WatermarkConfig {
    if (estimateDelayMs < 0) {
      throw new IllegalArgumentException(
          "%s must not be negative, got %s ms"
              .formatted(WatermarkOptions.ESTIMATE_DELAY.key(), estimateDelayMs));
    }
    if (idleAfterMs < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1 ms, got %s ms"
              .formatted(WatermarkOptions.IDLE_AFTER.key(), idleAfterMs));
    }
  }

  public static WatermarkConfig from(ReadableConfig config) {
    return new WatermarkConfig(
        config.get(WatermarkOptions.WITHOUT_HEARTBEATS),
        config.get(WatermarkOptions.ESTIMATE_DELAY).toMillis(),
        config.get(WatermarkOptions.IDLE_AFTER).toMillis());
  }
}
