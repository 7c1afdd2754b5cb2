package tidemark.cli.broker;

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
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Time;
import tidemark.cli.cluster.NewTopics;

/**
 * A real Kafka of one node, in this process, on loopback; topics are not made by themselves. It can
 * be stopped, and started again at the same address with the same data.
 */
public final class TestBroker implements AutoCloseable {
  private final String bootstrapServers;
  private final Properties settings = new Properties();
  private KafkaRaftServer server;

  /** Starts it; returns when it answers. */
  public TestBroker(Path folder) {
    try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      bootstrapServers = "127.0.0.1:" + broker.getLocalPort();
      settings.putAll(settings("127.0.0.1:" + controller.getLocalPort(), folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    format(settings, folder);
    start();
  }

  /** After {@link #close}. */
  public void start() {
    server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server.startup();
  }

  private Map<String, String> settings(String controller, Path folder) {
    return Map.of(
        "process.roles", "broker,controller",
        "node.id", "1",
        "listeners", "PLAINTEXT://%s,CONTROLLER://%s".formatted(bootstrapServers, controller),
        "listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "controller.listener.names", "CONTROLLER",
        "controller.quorum.voters", "1@" + controller,
        "log.dirs", folder.resolve("data").toString(),
        "auto.create.topics.enable", "false",
        "offsets.topic.replication.factor", "1",
        "log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
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

  public String bootstrapServers() {
    return bootstrapServers;
  }

  public void createTopic(String name, int partitions, Map<String, String> settings)
      throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(settings);
      NewTopics.create(admin, List.of(topic));
    } catch (ExecutionException e) {
      throw new IllegalStateException("topic %s was not made".formatted(name), e);
    }
  }

  /** Makes them so many; those that are there stay. */
  public void addPartitions(String topic, int count) throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(count))).all().get();
      NewTopics.awaitLeaders(admin, topic, count);
    } catch (ExecutionException e) {
      throw new IllegalStateException("topic %s got no partitions".formatted(topic), e);
    }
  }

  /** All records of a topic, those of a partition in their order. */
  public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
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

  /** Removes what stands before that offset, as the retention of a topic does. */
  public void deleteRecords(String topic, int partition, long beforeOffset)
      throws InterruptedException {
    TopicPartition from = new TopicPartition(topic, partition);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      admin.deleteRecords(Map.of(from, RecordsToDelete.beforeOffset(beforeOffset))).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("records of %s were not removed".formatted(topic), e);
    }
  }

  /** What a group will read next of a partition; -1 if nobody knows. */
  public long committed(String group, String topic, int partition) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      OffsetAndMetadata offset =
          admin
              .listConsumerGroupOffsets(group)
              .partitionsToOffsetAndMetadata()
              .get()
              .get(new TopicPartition(topic, partition));
      return offset == null ? -1 : offset.offset();
    } catch (ExecutionException e) {
      return -1; // a group that nobody knows yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
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
