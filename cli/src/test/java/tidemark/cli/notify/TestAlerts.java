package tidemark.cli.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tidemark.cli.broker.TestBroker;
import tidemark.serde.verdict.VerdictJson;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;

/** Alerts as the job writes them. */
public final class TestAlerts {
  private TestAlerts() {}

  /** An alert of monitor {@code slow} and org {@code acme}. */
  public static byte[] alert(String id, VerdictStatus status) {
    return alert(id, status, "acme", "slow");
  }

  static byte[] alert(
      String id, VerdictStatus status, String org, String monitor, VerdictMark... marks) {
    VerdictStatus before = status == VerdictStatus.OK ? VerdictStatus.ALERT : VerdictStatus.OK;
    return VerdictJson.of(new Alert(verdict(id, status, org, monitor, marks), before));
  }

  /** Writes it with a key and a header, and waits until the broker has it. */
  public static void write(TestBroker broker, String topic, byte[] alert) {
    write(broker, topic, 0, alert);
  }

  static void write(TestBroker broker, String topic, int partition, byte[] alert) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic, partition, "key".getBytes(UTF_8), alert);
    record.headers().add("kept", "as it was".getBytes(UTF_8));
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      RecordMetadata unused = producer.send(record).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("the alert was not written", e);
    }
  }

  static Verdict verdict(
      String id, VerdictStatus status, String org, String monitor, VerdictMark... marks) {
    Set<VerdictMark> set = EnumSet.noneOf(VerdictMark.class);
    set.addAll(Arrays.asList(marks));
    return new Verdict(
        id,
        3,
        new VerdictSubject(org, monitor, 1, List.of("service:api")),
        60_000,
        120_000,
        status,
        251.5,
        12,
        new Evidence(119_999, Completeness.PROVEN, "{}", List.of()),
        set);
  }
}
