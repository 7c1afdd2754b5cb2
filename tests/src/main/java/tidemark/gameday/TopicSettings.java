package tidemark.gameday;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import tidemark.cli.process.ProcessFailedException;

/** Asks a running broker for its topics, and changes them. */
record TopicSettings(String bootstrapServers) {
  private static final String TIME = "message.timestamp.type";

  /** From now on a record's time is that of its arrival. */
  void timeOfArrival(String topic) {
    set(topic, Map.of(TIME, "LogAppendTime"));
  }

  /** From now on a record's time is what its producer says, however far ahead. */
  void timeOfProducer(String topic) {
    set(
        topic,
        Map.of(
            TIME, "CreateTime", "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE)));
  }

  /**
   * Drops all records that a topic has, as retention would.
   *
   * @return next offset of each partition, which is its first offset now
   */
  Map<Integer, Long> dropRecords(String topic) {
    return ask(
        topic,
        admin -> {
          Map<Integer, Long> ends = ends(admin, topic);
          Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
          ends.forEach(
              (partition, end) ->
                  all.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(end)));
          admin.deleteRecords(all).all().get();
          return ends;
        });
  }

  /** Next offset of each partition. */
  Map<Integer, Long> ends(String topic) {
    return ask(topic, admin -> ends(admin, topic));
  }

  private static Map<Integer, Long> ends(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    admin
        .describeTopics(List.of(topic))
        .topicNameValues()
        .get(topic)
        .get()
        .partitions()
        .forEach(
            partition ->
                latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
    Map<Integer, Long> ends = new TreeMap<>();
    admin
        .listOffsets(latest)
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition.partition(), end.offset()));
    return ends;
  }

  /** A question to the broker. */
  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  private void set(String topic, Map<String, String> settings) {
    List<AlterConfigOp> changes = new ArrayList<>();
    settings.forEach(
        (key, value) ->
            changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
    ask(
        topic,
        admin ->
            admin
                .incrementalAlterConfigs(
                    Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
                .all()
                .get());
  }

  private <T> T ask(String topic, Question<T> question) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      return question.ask(admin);
    } catch (ExecutionException e) {
      throw new ProcessFailedException(
          "the broker refused what was asked of topic %s: %s".formatted(topic, e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }
}
