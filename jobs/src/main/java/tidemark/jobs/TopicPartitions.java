package tidemark.jobs;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Asks brokers for a topic. Waits for an answer as long as an admin client does, one minute. */
final class TopicPartitions {
  private TopicPartitions() {}

  /**
   * How many partitions it has.
   *
   * @throws ExecutionException if they do not answer, or do not know it: then the cause is an
   *     {@link org.apache.kafka.common.errors.UnknownTopicOrPartitionException}
   */
  static int count(String bootstrapServers, String topic)
      throws ExecutionException, InterruptedException {
    Map<String, Object> client =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    try (Admin admin = Admin.create(client)) {
      return admin
          .describeTopics(List.of(topic))
          .topicNameValues()
          .get(topic)
          .get()
          .partitions()
          .size();
    }
  }
}
