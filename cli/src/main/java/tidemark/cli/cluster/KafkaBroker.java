package tidemark.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.LogTail;
import tidemark.cli.process.Ports;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.process.Waiting;

/**
 * A Kafka of one node (KRaft, broker and controller in one process) on loopback.
 *
 * <p>Topics are made here and never by a client that mistypes one. Sizes are for one machine: 256
 * MB of heap, and at most 256 MB on disk for each partition.
 */
final class KafkaBroker {
  static final String NAME = "kafka";
  static final String POINTS_TOPIC = "tidemark-points";
  static final String CONTROL_TOPIC = "tidemark-control";
  static final String DEAD_LETTERS_TOPIC = "tidemark-dead-letters";
  static final String FEED_TOPIC = "tidemark-feed";
  static final String VERDICTS_TOPIC = "tidemark-verdicts";
  static final String ALERTS_TOPIC = "tidemark-alerts";
  static final String ALERTS_DEAD_LETTERS_TOPIC = "tidemark-alerts-dead-letters";

  private static final int FEED_PARTITIONS = 4;
  private static final Duration FEED_RETENTION = Duration.ofHours(1);
  private static final Duration FEED_SEGMENT = Duration.ofMinutes(10);

  private static final Duration VERDICTS_RETENTION = Duration.ofDays(7);
  private static final Duration ALERTS_RETENTION = Duration.ofDays(30);

  /** What is older than a segment is compacted: of the heartbeats, only the last one stays. */
  private static final Duration CONTROL_SEGMENT = Duration.ofHours(1);

  private static final int MAX_RECORD_BYTES = 8 << 20;
  private static final int ANSWER_MS = 5_000;
  private static final Duration FORMAT_LIMIT = Duration.ofMinutes(1);
  private static final Duration FORMAT_PAUSE = Duration.ofMillis(50);

  private final LocalClusterOptions options;
  private final RunLayout layout;
  private final ClusterState state;

  KafkaBroker(LocalClusterOptions options, RunLayout layout, ClusterState state) {
    this.options = options;
    this.layout = layout;
    this.state = state;
  }

  String bootstrapServers() {
    return "127.0.0.1:" + state.port(Port.KAFKA);
  }

  /** Formats the data directory if it is new, and starts the broker; does not wait for it. */
  StartedProcess start() {
    Path properties = layout.configuration().resolve("kafka.properties");
    try {
      Files.writeString(properties, render(properties()));
    } catch (IOException e) {
      throw new ProcessFailedException("cannot write " + properties + ": " + e.getMessage(), e);
    }
    if (!Files.exists(layout.kafkaData().resolve("meta.properties"))) {
      format(properties);
    }
    return process(NAME, "kafka.Kafka", "-Xmx256m", List.of(properties.toString())).start();
  }

  /** Waits until the broker answers, and makes the topics that are missing. */
  void awaitReady(StartedProcess broker, Waiting waiting) {
    waiting.until(
        "the Kafka broker to listen",
        List.of(broker),
        () -> Ports.isListening(state.port(Port.KAFKA)));
    Map<String, Object> config =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers(),
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            ANSWER_MS,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            ANSWER_MS);
    try (Admin admin = Admin.create(config)) {
      waiting.until("the Kafka broker to answer", List.of(broker), () -> createTopics(admin));
    }
  }

  private boolean createTopics(Admin admin) {
    try {
      Set<String> existing = admin.listTopics().names().get();
      List<NewTopic> missing =
          topics().stream().filter(topic -> !existing.contains(topic.name())).toList();
      NewTopics.create(admin, missing);
      return true;
    } catch (ExecutionException e) {
      return false; // not yet; the wait has a limit and shows the broker's log
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }

  private List<NewTopic> topics() {
    short replicas = 1;
    return List.of(
        new NewTopic(POINTS_TOPIC, options.partitions(), replicas),
        // one order for all definitions; each counts from a time that follows from the broker's
        new NewTopic(CONTROL_TOPIC, 1, replicas)
            .configs(
                Map.of(
                    "cleanup.policy", "compact",
                    "message.timestamp.type", "LogAppendTime",
                    "segment.ms", Long.toString(CONTROL_SEGMENT.toMillis()))),
        // A dead letter is the refused record and, around it, why: room for a record of full size.
        new NewTopic(DEAD_LETTERS_TOPIC, 1, replicas)
            .configs(Map.of("max.message.bytes", Integer.toString(MAX_RECORD_BYTES + (1 << 20)))),
        // what was fed is committed seconds later; whole segments go, so they must be short, too
        new NewTopic(FEED_TOPIC, FEED_PARTITIONS, replicas)
            .configs(
                Map.of(
                    "retention.ms", Long.toString(FEED_RETENTION.toMillis()),
                    "segment.ms", Long.toString(FEED_SEGMENT.toMillis()),
                    "max.message.bytes", Integer.toString(MAX_RECORD_BYTES))),
        new NewTopic(VERDICTS_TOPIC, 1, replicas)
            .configs(Map.of("retention.ms", Long.toString(VERDICTS_RETENTION.toMillis()))),
        new NewTopic(ALERTS_TOPIC, 1, replicas)
            .configs(Map.of("retention.ms", Long.toString(ALERTS_RETENTION.toMillis()))),
        new NewTopic(ALERTS_DEAD_LETTERS_TOPIC, 1, replicas)
            .configs(Map.of("retention.ms", Long.toString(ALERTS_RETENTION.toMillis()))));
  }

  private void format(Path properties) {
    StartedProcess tool =
        process(
                "kafka-format",
                "kafka.tools.StorageTool",
                "-Xmx128m",
                // with an equals sign: an id may begin with a minus, as an option does
                List.of(
                    "format", "--cluster-id=" + state.kafkaClusterId(), "--config=" + properties))
            .start();
    // Not to be interrupted: half a format is neither a data directory nor an empty one.
    new Waiting(FORMAT_LIMIT, FORMAT_PAUSE, () -> {})
        .until("Kafka to format its data directory", List.of(), () -> !tool.isAlive());
    if (!Files.exists(layout.kafkaData().resolve("meta.properties"))) {
      throw new ProcessFailedException(
          "Kafka could not format %s; %s".formatted(layout.kafkaData(), LogTail.describe(tool)));
    }
  }

  private ChildProcess process(String name, String mainClass, String heap, List<String> arguments) {
    Path logging = layout.configuration().resolve("log4j.properties");
    List<String> jvmOptions =
        new ArrayList<>(List.of(heap, "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    jvmOptions.add("-XX:TieredStopAtLevel=" + (name.equals(NAME) ? 4 : 1));
    jvmOptions.add("-Dlog4j2.configurationFile=" + logging.toUri());
    return new ChildProcess(
        name,
        options.distribution("kafka").resolve("lib") + "/*",
        mainClass,
        jvmOptions,
        arguments,
        Map.of(),
        layout.root(),
        layout.logs().resolve(name + ".log"));
  }

  /** The broker's settings, for {@code kafka.properties}. */
  Map<String, String> properties() {
    String broker = bootstrapServers();
    String controller = "127.0.0.1:" + state.port(Port.KAFKA_CONTROLLER);
    Map<String, String> properties = new TreeMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("listeners", "PLAINTEXT://" + broker + ",CONTROLLER://" + controller);
    properties.put("advertised.listeners", "PLAINTEXT://" + broker);
    properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    properties.put("controller.listener.names", "CONTROLLER");
    // Named in the settings and not in the data, so that the data survives a change of ports.
    properties.put("controller.quorum.voters", "1@" + controller);
    properties.put("log.dirs", layout.kafkaData().toString());
    properties.put("auto.create.topics.enable", "false");
    properties.put("num.partitions", Integer.toString(options.partitions()));
    properties.put("message.max.bytes", Integer.toString(MAX_RECORD_BYTES));
    properties.put("log.segment.bytes", Integer.toString(64 << 20));
    properties.put("log.retention.bytes", Integer.toString(256 << 20));
    properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20));
    properties.put("num.network.threads", "2");
    properties.put("num.io.threads", "2");
    for (String topic :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      properties.put(topic + ".replication.factor", "1");
      properties.put(topic + ".num.partitions", "1");
    }
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    return properties;
  }

  private static String render(Map<String, String> properties) {
    StringBuilder text = new StringBuilder("# Written by tidemark at each start.\n");
    properties.forEach(
        (key, value) ->
            text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
    return text.toString();
  }
}
