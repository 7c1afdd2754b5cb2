package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.cli.broker.TestBroker;
import tidemark.cli.notify.NotifyConfig.Start;

/** Where reading begins and goes on, against a real broker. */
final class AlertReaderITCase {
  private static final String TOPIC = "alerts";
  private static final Duration POLL = Duration.ofMillis(100);

  private TestBroker broker;

  @BeforeEach
  void startBroker(@TempDir Path folder) {
    broker = new TestBroker(folder);
  }

  @AfterEach
  void endBroker() {
    broker.close();
  }

  private AlertReader reader(Start start) {
    List<Webhook> webhooks =
        NotifyFile.parse("webhooks: [{name: w, url: 'http://localhost'}]", "f", Map.of());
    NotifyConfig config =
        new NotifyConfig(broker.bootstrapServers(), TOPIC, "letters", start, webhooks);
    return new AlertReader(
        new KafkaConsumer<>(config.consumerConfig(webhooks.get(0))),
        config,
        Timer.endingWith(new CountDownLatch(1)),
        new WebhookCounters());
  }

  private void write(int partition, String text) {
    TestAlerts.write(broker, TOPIC, partition, text.getBytes(UTF_8));
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(AlertReader reader, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    Receiver.await(
        count + " records",
        () -> {
          try {
            reader.poll(POLL).forEach(records::add);
            return records.size() >= count;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    return records;
  }

  private static List<String> texts(List<ConsumerRecord<byte[], byte[]>> records) {
    return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
  }

  @Test
  void anAlertThatWasNotCommittedComesAgain() throws InterruptedException {
    broker.createTopic(TOPIC, 1, Map.of());
    for (String text : List.of("0", "1", "2")) {
      write(0, text);
    }
    try (AlertReader killed = reader(Start.EARLIEST)) {
      killed.commit(read(killed, 3).get(0));
    }
    try (AlertReader next = reader(Start.NEWEST)) {
      assertThat(texts(read(next, 2))).containsExactly("1", "2");
    }
    try (AlertReader next = reader(Start.NEWEST)) {
      assertThat(texts(read(next, 2))).containsExactly("1", "2");
      assertThat(next.poll(POLL)).isEmpty(); // so the two before are done
    }
    try (AlertReader next = reader(Start.EARLIEST)) {
      write(0, "3");
      assertThat(texts(read(next, 1))).containsExactly("3");
    }
  }

  @Test
  void aTopicThatWasNotThereIsReadFromItsBeginning() throws InterruptedException {
    try (AlertReader reader = reader(Start.NEWEST)) {
      assertThat(reader.poll(POLL)).isEmpty();
      broker.createTopic(TOPIC, 2, Map.of());
      write(0, "0");
      assertThat(texts(read(reader, 1))).containsExactly("0");
    }
  }

  @Test
  void aPartitionThatWasNotThereIsReadFromItsBeginning() throws InterruptedException {
    broker.createTopic(TOPIC, 1, Map.of());
    write(0, "old");
    try (AlertReader reader = reader(Start.NEWEST)) {
      assertThat(reader.poll(POLL)).isEmpty();
    }
    broker.addPartitions(TOPIC, 2);
    write(1, "new");
    try (AlertReader reader = reader(Start.NEWEST)) {
      assertThat(texts(read(reader, 1))).containsExactly("new");
    }
  }
}
