package tidemark.jobs;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
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
    Map<String, Object> client =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(client)) {
      return admin
          .describeTopics(List.of(name))
          .topicNameValues()
          .get(name)
          .get()
          .partitions()
          .size();
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
