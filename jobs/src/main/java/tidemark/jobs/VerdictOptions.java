package tidemark.jobs;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Settings of the Kafka topics to which monitors speak. */
final class VerdictOptions {
  static final ConfigOption<String> VERDICTS_TOPIC =
      ConfigOptions.key("tidemark.watch.verdicts-topic")
          .stringType()
          .defaultValue("tidemark-verdicts")
          .withDescription(
              "Topic to which every verdict of a monitor goes, as JSON, at least once; what comes last"
                  + " of an id replaces all before. It must exist once there are monitors. Empty: none is"
                  + " written. Can change between runs.");

  static final ConfigOption<String> ALERTS_TOPIC =
      ConfigOptions.key("tidemark.watch.alerts-topic")
          .stringType()
          .defaultValue("tidemark-alerts")
          .withDescription(
              "Topic to which verdicts go that change a group's state, in the same way. Can change"
                  + " between runs.");

  private VerdictOptions() {}
}
