package tidemark.operators.control;

import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.serde.definition.DefinitionLimits;

/**
 * The checked settings of the control stage.
 *
 * @param topic of definitions; empty: there are none
 * @param bootstrapServers of that topic; empty: the source's
 * @param stalledAfterMs silence after which a partition is named
 * @param limits of what an org may define, and how far behind the watermark ended versions are kept
 */
public record ControlConfig(
    String topic, String bootstrapServers, long stalledAfterMs, DefinitionLimits limits)
    implements Serializable {

  public ControlConfig {
    if (stalledAfterMs < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1 ms, got %s ms"
              .formatted(ControlOptions.STALLED_AFTER.key(), stalledAfterMs));
    }
  }

  public static ControlConfig from(ReadableConfig config) {
    return new ControlConfig(
        config.get(ControlOptions.TOPIC),
        config.get(ControlOptions.BOOTSTRAP_SERVERS),
        config.get(ControlOptions.STALLED_AFTER).toMillis(),
        new DefinitionLimits(
            atLeast(0, ControlOptions.MAX_RULES, config),
            atLeast(0, ControlOptions.MAX_MONITORS, config),
            atLeast(1, ControlOptions.MAX_VERSIONS, config),
            atLeast(1, ControlOptions.MAX_SERIES, config),
            atLeast(1, ControlOptions.MAX_GROUPS, config),
            atLeast(1, ControlOptions.MAX_STEPS, config),
            keepEndedMs(config)));
  }

  private static int atLeast(int least, ConfigOption<Integer> option, ReadableConfig config) {
    int found = config.get(option);
    if (found < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, got %d".formatted(option.key(), least, found));
    }
    return found;
  }

  private static long keepEndedMs(ReadableConfig config) {
    long keepEndedMs = config.get(ControlOptions.KEEP_ENDED).toMillis();
    if (keepEndedMs < 0) {
      throw new IllegalArgumentException(
          "%s must not be negative, got %s ms"
              .formatted(ControlOptions.KEEP_ENDED.key(), keepEndedMs));
    }
    return keepEndedMs;
  }

  /** Whether there are definitions at all. */
  public boolean isOn() {
    return !topic.isEmpty();
  }
}
