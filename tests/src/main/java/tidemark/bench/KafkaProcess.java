package tidemark.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka of one node (KRaft) in a process of its own, on loopback, with its data in a folder
 * that is new. Nothing is kept from one benchmark to the next, and no retention eats the topic.
 */
final class KafkaProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final ChildJvm jvm;
  private final Path folder;
  private final String bootstrapServers;
  private Process process;

  /**
   * Prepares a broker.
   *
   * @param libraries folder with Kafka's jars
   * @param folder new folder for settings, data and log
   */
  KafkaProcess(Path libraries, Path folder) throws IOException {
    if (!Files.isDirectory(libraries)) {
      throw new IllegalStateException(
          "Kafka's libraries must be in %s; build them with mvn package".formatted(libraries));
    }
    this.folder = folder;
    jvm = new ChildJvm(libraries + "/*", folder);
    try (ServerSocket broker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket controller = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      bootstrapServers = "127.0.0.1:" + broker.getLocalPort();
      writeSettings("127.0.0.1:" + controller.getLocalPort());
    }
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  private Path settings() {
    return folder.resolve("kafka.properties");
  }

  private void writeSettings(String controller) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put(
        "listeners", "PLAINTEXT://%s,CONTROLLER://%s".formatted(bootstrapServers, controller));
    settings.put("advertised.listeners", "PLAINTEXT://" + bootstrapServers);
    settings.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("controller.quorum.voters", "1@" + controller);
    settings.put("log.dirs", folder.resolve("data").toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    List<String> lines = new ArrayList<>();
    settings.forEach((key, value) -> lines.add(key + "=" + value));
    Files.write(settings(), lines);
  }

  /** Starts the broker and returns when it answers. */
  void start() throws IOException, InterruptedException {
    List<String> heap = List.of("-Xmx512m", "-XX:+UseSerialGC");
    Process format =
        jvm.start(
            "kafka-format",
            heap,
            "kafka.tools.StorageTool",
            List.of("format", "-t", Uuid.randomUuid().toString(), "-c", settings().toString()));
    if (!format.waitFor(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS) || format.exitValue() != 0) {
      format.destroyForcibly();
      throw new IllegalStateException(
          "Kafka cannot format its folder: " + jvm.tail("kafka-format"));
    }
    process = jvm.start("kafka", heap, "kafka.Kafka", List.of(settings().toString()));
    Map<String, Object> client =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "default.api.timeout.ms",
            Math.toIntExact(START_LIMIT.toMillis()));
    try (Admin admin = Admin.create(client)) {
      admin.describeCluster().nodes().get();
    } catch (ExecutionException e) {
      close();
      throw new IllegalStateException("Kafka does not answer: " + jvm.tail("kafka"), e);
    }
  }

  /** Ends the broker, at once: its data is not needed any more. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
