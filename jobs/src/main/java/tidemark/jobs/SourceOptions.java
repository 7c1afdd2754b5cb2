package tidemark.jobs;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** Settings of the Kafka topics that the main job reads and writes. */
final class SourceOptions {

  /** Where a job without restored state begins. */
  enum Start {
    EARLIEST,
    LATEST
  }

  static final ConfigOption<String> BOOTSTRAP_SERVERS =
      ConfigOptions.key("tidemark.source.bootstrap-servers")
          .stringType()
          .noDefaultValue()
          .withDescription(
              "Kafka brokers, host:port separated by commas. Can change between runs.");

  static final ConfigOption<String> TOPIC =
      ConfigOptions.key("tidemark.source.topic")
          .stringType()
          .defaultValue("tidemark-points")
          .withDescription(
              "Topic that points and heartbeats come from. A job that continues must keep it.");

  static final ConfigOption<String> GROUP_ID =
      ConfigOptions.key("tidemark.source.group-id")
          .stringType()
          .defaultValue("tidemark")
          .withDescription(
              "Consumer group whose offsets are committed for others to see; the job itself goes on"
                  + " from its own state. Can change between runs.");

  static final ConfigOption<Start> START =
      ConfigOptions.key("tidemark.source.start")
          .enumType(Start.class)
          .defaultValue(Start.EARLIEST)
          .withDescription("Where a job without restored state begins: earliest or latest.");

  static final ConfigOption<Integer> PARALLELISM =
      ConfigOptions.key("tidemark.source.parallelism")
          .intType()
          .defaultValue(0)
          .withDescription(
              "Tasks that read, decode and combine. There must be no more than the topic has partitions:"
                  + " one without holds the watermark. 0: as many as the job's parallelism, or as the"
                  + " topic has partitions, which the brokers are asked for when the job is submitted."
                  + " Can change between runs.");

  static final ConfigOption<String> DEAD_LETTER_TOPIC =
      ConfigOptions.key("tidemark.dead-letter.topic")
          .stringType()
          .defaultValue("tidemark-dead-letters")
          .withDescription(
              "Topic for records of which anything was refused. Written at least once; the key"
                  + " topic/partition/offset names the record. Can change between runs.");

  static final ConfigOption<MemorySize> DEAD_LETTER_MAX_BYTES =
      ConfigOptions.key("tidemark.dead-letter.max-bytes")
          .memoryType()
          .defaultValue(new MemorySize(1_000_000))
          .withDescription(
              "Bytes of a refused record that its dead letter carries; of a longer one the rest is cut"
                  + " off and a header tells its length. Must fit the topic's max.message.bytes with"
                  + " 48 kb to spare, or the job could not get past such a record. Can change between"
                  + " runs.");

  private SourceOptions() {}
}
