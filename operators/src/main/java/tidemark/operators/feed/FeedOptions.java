package tidemark.operators.feed;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** Settings of the feed. Read them through {@link FeedConfig}, not one by one. */
public final class FeedOptions {
  public static final ConfigOption<String> TOPIC =
      ConfigOptions.key("tidemark.feed.topic")
          .stringType()
          .defaultValue("tidemark-feed")
          .withDescription(
              "Topic to which closed rows of all tiers, new series and watermarks go as they come, so"
                  + " that a gateway can show them before their commit. It must exist, and its"
                  + " max.message.bytes must fit tidemark.rollup.batch-size and"
                  + " tidemark.combine.batch-size with 1 mb to spare; an hour of retention is plenty."
                  + " Empty: nothing is fed. Can change between runs.");

  public static final ConfigOption<String> BOOTSTRAP_SERVERS =
      ConfigOptions.key("tidemark.feed.bootstrap-servers")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Kafka brokers of that topic. Empty: those of the source. While they are away the job"
                  + " waits, and restarts from its last checkpoint each two minutes. Can change"
                  + " between runs.");

  private FeedOptions() {}
}
