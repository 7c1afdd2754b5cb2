package tidemark.operators.control;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of the control stage.
 *
 * @param topic of definitions; empty: there are none
 * @param bootstrapServers of that topic; empty: the source's
 * @param stalledAfterMs silence after which a partition is named
 * @param maxRules of one org
 * @param maxMonitors of one org
 * @param keepEndedMs how far behind the watermark ended versions are kept
 */
public record ControlConfig(
    String topic,
    String bootstrapServers,
    long stalledAfterMs,
    int maxRules,
    int maxMonitors,
    long keepEndedMs)
    implements Serializable {

  public ControlConfig {
    if (stalledAfterMs < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1 ms, got %s ms"
              .formatted(ControlOptions.STALLED_AFTER.key(), stalledAfterMs));
    }
    if (maxRules < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0, got %s".formatted(ControlOptions.MAX_RULES.key(), maxRules));
    }
    if (maxMonitors < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0, got %s"
              .formatted(ControlOptions.MAX_MONITORS.key(), maxMonitors));
    }
    if (keepEndedMs < 0) {
      throw new IllegalArgumentException(
          "%s must not be negative, got %s ms"
              .formatted(ControlOptions.KEEP_ENDED.key(), keepEndedMs));
    }
  }

  public static ControlConfig from(ReadableConfig config) {
    return new ControlConfig(
        config.get(ControlOptions.TOPIC),
        config.get(ControlOptions.BOOTSTRAP_SERVERS),
        config.get(ControlOptions.STALLED_AFTER).toMillis(),
        config.get(ControlOptions.MAX_RULES),
        config.get(ControlOptions.MAX_MONITORS),
        config.get(ControlOptions.KEEP_ENDED).toMillis());
  }

  /** Whether there are definitions at all. */
  public boolean isOn() {
    return !topic.isEmpty();
  }
}
