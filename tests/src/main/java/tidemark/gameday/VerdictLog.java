package tidemark.gameday;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.process.ProcessFailedException;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.verdict.VerdictJson;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/**
 * What stands in the topics of verdicts, alerts and definitions, each of one partition, up to their
 * present end.
 */
final class VerdictLog {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /**
   * A verdict's record.
   *
   * @param arrivedMs the record's time
   */
  record Told(Verdict verdict, long offset, long arrivedMs) {
    boolean isIncomplete() {
      return verdict.status() == VerdictStatus.INCOMPLETE;
    }

    /** Whether it is of a complete window. */
    boolean isFinal() {
      return !isIncomplete() && !verdict.is(VerdictMark.EARLY);
    }
  }

  /** An alert's record, with the status that it changes. */
  record ToldAlert(Verdict verdict, VerdictStatus before) {}

  private final String bootstrapServers;

  VerdictLog(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
  }

  List<Told> verdicts() {
    List<Told> told = new ArrayList<>();
    read(
        LocalCluster.VERDICTS_TOPIC,
        record ->
            told.add(
                new Told(
                    VerdictJson.verdict(record.value()), record.offset(), record.timestamp())));
    return told;
  }

  List<ToldAlert> alerts() {
    List<ToldAlert> told = new ArrayList<>();
    read(
        LocalCluster.ALERTS_TOPIC,
        record ->
            told.add(
                new ToldAlert(
                    VerdictJson.verdict(record.value()),
                    VerdictJson.before(record.value()).orElseThrow())));
    return told;
  }

  /** Definitions with the broker's time of their records. */
  List<Timeline.Written> definitions() {
    List<Timeline.Written> written = new ArrayList<>();
    read(
        LocalCluster.CONTROL_TOPIC,
        record -> {
          String format =
              new String(record.headers().lastHeader(IntakeHeaders.FORMAT).value(), UTF_8);
          if (format.equals(IntakeHeaders.DEFINITION)) {
            written.add(
                new Timeline.Written(DefinitionCodec.ofJson(record.value()), record.timestamp()));
          }
        });
    return written;
  }

  private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      if (consumer.partitionsFor(topic).size() != 1) {
        throw new ProcessFailedException("topic %s must have one partition".formatted(topic));
      }
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      long giveUpNanos = System.nanoTime() + LIMIT.toNanos();
      while (consumer.position(partition) < end) {
        if (System.nanoTime() - giveUpNanos > 0) {
          throw new ProcessFailedException("topic %s could not be read".formatted(topic));
        }
        consumer.poll(POLL).forEach(each);
      }
    }
  }

  /** Name of a partition of points, as verdicts have it. */
  static String partitionName(int partition) {
    return LocalCluster.POINTS_TOPIC + "/" + partition;
  }

  /**
   * The last word on a window: what was written last, whatever its revision. A job that a failure
   * has set back counts on from the revision in its checkpoint.
   *
   * @param ofWindow in the order of the topic
   */
  static Optional<Told> lastWord(List<Told> ofWindow) {
    return ofWindow.isEmpty() ? Optional.empty() : Optional.of(ofWindow.get(ofWindow.size() - 1));
  }
}
