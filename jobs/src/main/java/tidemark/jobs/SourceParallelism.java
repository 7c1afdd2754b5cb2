package tidemark.jobs;

import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.ReadableConfig;

/**
 * How many tasks read the topic: never more than it has partitions, as a task without any would
 * hold the watermark for ever. Partitions that are added later are read by the same tasks, until
 * the job is submitted again.
 */
final class SourceParallelism {
  private SourceParallelism() {}

  /**
   * Asks the brokers unless the options say it.
   *
   * @param parallelism of the job
   * @throws IllegalStateException if the brokers do not answer, or do not have the topic
   */
  static int of(ReadableConfig options, int parallelism) throws InterruptedException {
    int chosen = options.get(SourceOptions.PARALLELISM);
    if (chosen < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0, got %d".formatted(SourceOptions.PARALLELISM.key(), chosen));
    }
    if (chosen > 0) {
      return chosen;
    }
    String servers = MainConfig.require(options, SourceOptions.BOOTSTRAP_SERVERS);
    String topic = options.get(SourceOptions.TOPIC);
    try {
      return Math.min(parallelism, TopicPartitions.count(servers, topic));
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the number of partitions of topic %s could not be had from %s: %s; create the topic, or set %s if the job is submitted from where the brokers cannot be reached"
              .formatted(
                  topic, servers, e.getCause().getMessage(), SourceOptions.PARALLELISM.key()),
          e);
    }
  }
}
