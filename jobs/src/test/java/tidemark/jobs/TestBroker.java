package tidemark.jobs;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.flink.runtime.testutils.CommonTestUtils;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;

/** A real Kafka of one node, in this process, on loopback; topics are not made by themselves. */
final class TestBroker implements AutoCloseable {
  private final String bootstrapServers;
  private final KafkaRaftServer server;

  /** Starts it; returns when it answers. */
  TestBroker(Path folder) {
    Properties settings = new Properties();
    try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      bootstrapServers = "127.0.0.1:" + broker.getLocalPort();
      settings.putAll(settings("127.0.0.1:" + controller.getLocalPort(), folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    format(settings, folder);
    server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server.startup();
  }

  private Map<String, String> settings(String controller, Path folder) {
    Map<String, String> settings = new HashMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put(
        "listeners", "PLAINTEXT://%s,CONTROLLER://%s".formatted(bootstrapServers, controller));
    settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("controller.quorum.voters", "1@" + controller);
    settings.put("log.dirs", folder.resolve("data").toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    return settings;
  }

  private static void format(Properties settings, Path folder) {
    Path file = folder.resolve("kafka.properties");
    String lines =
        settings.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining("\n"));
    try {
      Files.writeString(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    PrintStream log = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    String[] command = {"format", "--cluster-id=" + Uuid.randomUuid(), "--config=" + file};
    int code = StorageTool.execute(command, log);
    if (code != 0) {
      throw new IllegalStateException("Kafka cannot format %s: code %s".formatted(folder, code));
    }
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  void createTopic(String name, int partitions, Map<String, String> settings) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(settings);
      admin.createTopics(List.of(topic)).all().get();
      awaitLeaders(admin, name, partitions);
    } catch (ExecutionException e) {
      throw new IllegalStateException("topic %s was not made".formatted(name), e);
    }
  }

  /** Makes them so many; those that are there stay. */
  void addPartitions(String topic, int count) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count))).all().get();
      awaitLeaders(admin, topic, count);
    }
  }

  /** Kafka says that partitions exist before they take records, and before brokers know them. */
  private static void awaitLeaders(Admin admin, String topic, int partitions) throws Exception {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    CommonTestUtils.waitUntilCondition(() -> answers(admin, ends), 20);
  }

  private static boolean answers(Admin admin, Map<TopicPartition, OffsetSpec> ends)
      throws InterruptedException {
    try {
      admin.listOffsets(ends).all().get();
      return true;
    } catch (ExecutionException e) {
      return false; // the wait has a limit
    }
  }

  /** Makes Kafka forget what is before some offsets, as retention does. */
  void deleteBefore(String topic, Map<Integer, Long> offsets) throws Exception {
    Map<TopicPartition, RecordsToDelete> toDelete = new HashMap<>();
    offsets.forEach(
        (partition, offset) ->
            toDelete.put(
                new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(offset)));
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.deleteRecords(toDelete).all().get();
    }
  }

  /** One that takes records of any broker time and keeps them. */
  void createTopicOfAnyTime(String name, int partitions) throws Exception {
    String any = Long.toString(Long.MAX_VALUE);
    createTopic(
        name,
        partitions,
        Map.of(
            "message.timestamp.after.max.ms",
            any,
            "message.timestamp.before.max.ms",
            any,
            "retention.ms",
            "-1"));
  }

  Set<String> consumerGroups() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      return admin.listGroups().all().get().stream()
          .map(GroupListing::groupId)
          .collect(Collectors.toSet());
    }
  }

  KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** All records of a topic, those of a partition in their order. */
  List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream().map(TestBroker::partition).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }

  private static TopicPartition partition(PartitionInfo info) {
    return new TopicPartition(info.topic(), info.partition());
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
