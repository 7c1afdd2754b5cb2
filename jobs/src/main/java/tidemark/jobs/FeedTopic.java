package tidemark.jobs;

import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import tidemark.operators.feed.FeedOptions;
import tidemark.operators.feed.FeedPartitions;

/**
 * The feed's topic as its brokers know it. Waits for an answer as long as an admin client does, one
 * minute; then the job restarts.
 */
record FeedTopic(String bootstrapServers, String name) implements FeedPartitions {

  @Override
  public int count() throws ExecutionException, InterruptedException {
    try {
      return TopicPartitions.count(bootstrapServers, name);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new IllegalStateException(
            "topic %s must exist on %s: create it, or set %s to an empty text to feed nothing"
                .formatted(name, bootstrapServers, FeedOptions.TOPIC.key()),
            e);
      }
      throw e;
    }
  }
}
