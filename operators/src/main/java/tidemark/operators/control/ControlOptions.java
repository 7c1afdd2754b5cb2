package tidemark.operators.control;

import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

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
          .defaultValue(200)
          .withDescription(
              "Aggregation rules that one org may have; further ones are dead letters. Can change"
                  + " between runs.");

  public static final ConfigOption<Integer> MAX_MONITORS =
      ConfigOptions.key("tidemark.control.max-monitors-per-org")
          .intType()
          .defaultValue(2000)
          .withDescription(
              "Monitors that one org may have; further ones are dead letters. Can change between"
                  + " runs.");

  public static final ConfigOption<Duration> KEEP_ENDED =
      ConfigOptions.key("tidemark.control.keep-ended")
          .durationType()
          .defaultValue(Duration.ofDays(41))
          .withDescription(
              "How far behind the watermark a version of a rule that is no longer in force is still"
                  + " applied to late points. Should be no less than tidemark.admit.max-age. Can"
                  + " change between runs.");

  private ControlOptions() {}
}
