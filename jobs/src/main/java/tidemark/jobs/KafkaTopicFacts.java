package tidemark.jobs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import tidemark.operators.archive.TopicFacts;

/** Asks the brokers, and waits for an answer up to ten seconds. */
record KafkaTopicFacts(String bootstrapServers) implements TopicFacts {
  private static final String LIMIT_MS = "10000";

  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  @Override
  public Map<String, String> ids(Set<String> topics) throws IOException {
    return ask(
        admin -> {
          Map<String, String> ids = new HashMap<>();
          admin
              .describeTopics(topics)
              .allTopicNames()
              .get()
              .forEach((topic, description) -> ids.put(topic, description.topicId().toString()));
          return ids;
        });
  }

  @Override
  public Map<String, Map<Integer, Long>> logStarts(Map<String, Set<Integer>> partitions)
      throws IOException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    partitions.forEach(
        (topic, numbers) ->
            numbers.forEach(
                number -> wanted.put(new TopicPartition(topic, number), OffsetSpec.earliest())));
    return ask(
        admin -> {
          Map<String, Map<Integer, Long>> starts = new HashMap<>();
          admin
              .listOffsets(wanted)
              .all()
              .get()
              .forEach(
                  (partition, found) ->
                      starts
                          .computeIfAbsent(partition.topic(), topic -> new HashMap<>())
                          .put(partition.partition(), found.offset()));
          return starts;
        });
  }

  private <T> T ask(Question<T> question) throws IOException {
    Map<String, Object> client =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            LIMIT_MS,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            LIMIT_MS);
    try (Admin admin = Admin.create(client)) {
      return question.ask(admin);
    } catch (ExecutionException | KafkaException e) {
      throw new IOException(
          "the brokers at %s do not say what the archive must know: %s"
              .formatted(bootstrapServers, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("interrupted while the brokers were asked");
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
