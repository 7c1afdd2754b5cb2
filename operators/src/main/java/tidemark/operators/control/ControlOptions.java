package tidemark.operators.control;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import tidemark.serde.definition.DefinitionLimits;

/** Settings of the control stage. Read them through {@link ControlConfig}, not one by one. */
public final class ControlOptions {
  public static final ConfigOption<String> TOPIC =
      ConfigOptions.key("tidemark.control.topic")
          .stringType()
          .defaultValue("tidemark-control")
          .withDescription(
              "Topic of aggregation rules and monitors, compacted, one partition, with the broker's"
                  + " own time in its records. It must exist, and have heartbeats like the source's"
                  + " partitions. Empty: no rules and no monitors. Can change between runs.");

  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      ConfigOptions.key("tidemark.control.bootstrap-servers")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Kafka brokers of that topic. Empty: those of the source. While they are away windows"
                  + " stay open. Can change between runs.");

  public static final ConfigOption<Duration> STALLED_AFTER =
      ConfigOptions.key("tidemark.control.stalled-after")
          .durationType()
          .defaultValue(Duration.ofSeconds(5))
          .withDescription(
              "A partition whose heartbeats bring nothing new for this long is named as one that"
                  + " holds the watermark. Changes no result. Can change between runs.");

  public static final ConfigOption<Integer> MAX_RULES =
      ConfigOptions.key("tidemark.control.max-rules-per-org")
          .intType()
          .defaultValue(DefinitionLimits.DEFAULTS.maxRulesPerOrg())
          .withDescription(
              "Aggregation rules that one org may have; further ones are dead letters. Can change"
                  + " between runs.");

  public static final ConfigOption<Integer> MAX_MONITORS =
      ConfigOptions.key("tidemark.control.max-monitors-per-org")
          .intType()
          .defaultValue(DefinitionLimits.DEFAULTS.maxMonitorsPerOrg())
          .withDescription(
              "Monitors that one org may have; further ones are dead letters. Can change between"
                  + " runs.");

  public static final ConfigOption<Integer> MAX_VERSIONS =
      ConfigOptions.key("tidemark.control.max-versions-per-name")
          .intType()
          .defaultValue(DefinitionLimits.DEFAULTS.maxVersionsPerName())
          .withDescription(
              "Versions that a rule or a monitor may have which are in force, will be, or ended less"
                  + " than tidemark.control.keep-ended ago; further ones are dead letters, but for"
                  + " a removal. All tasks keep them all. Can change between runs.");

  public static final ConfigOption<Integer> MAX_SERIES =
      ConfigOptions.key("tidemark.control.max-series-per-rule")
          .intType()
          .defaultValue(DefinitionLimits.DEFAULTS.maxSeriesPerRule())
          .withDescription(
              "Highest max_series of a rule; one that asks for more is a dead letter. Each series"
                  + " costs state and rows like one that points make. Can change between runs.");

  public static final ConfigOption<Integer> MAX_GROUPS =
      ConfigOptions.key("tidemark.control.max-groups-per-monitor")
          .intType()
          .defaultValue(DefinitionLimits.DEFAULTS.maxGroupsPerMonitor())
          .withDescription(
              "Highest max_groups of a monitor; one that asks for more is a dead letter. A group"
                  + " takes some 500 bytes of heap, and a verdict each step. Can change between"
                  + " runs.");

  public static final ConfigOption<Integer> MAX_STEPS =
      ConfigOptions.key("tidemark.control.max-steps-per-window")
          .intType()
          .defaultValue(DefinitionLimits.DEFAULTS.maxStepsPerWindow())
          .withDescription(
              "Steps that a monitor's window may have; one of more is a dead letter. A verdict costs"
                  + " a merge for each 10 s of its window, so its merges a second grow with this."
                  + " Can change between runs.");

  public static final ConfigOption<Duration> KEEP_ENDED =
      ConfigOptions.key("tidemark.control.keep-ended")
          .durationType()
          .defaultValue(Duration.ofMillis(DefinitionLimits.DEFAULTS.keepEndedMs()))
          .withDescription(
              "How far behind the watermark a version of a rule that is no longer in force is still"
                  + " applied to late points. Should be no less than tidemark.admit.max-age. Can"
                  + " change between runs.");

  private ControlOptions() {}
}
