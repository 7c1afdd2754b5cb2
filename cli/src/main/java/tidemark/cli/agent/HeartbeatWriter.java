package tidemark.cli.agent;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Writes heartbeats: for each partition the promise that everything before a time stands before
 * this record. The job's watermark is made of nothing else.
 *
 * <p>Only the one producer of a topic can promise that, because nobody else knows what others have
 * yet to send. In the demo the agent is that producer; where several write, heartbeats belong to
 * whatever stands between them and Kafka. The caller has flushed everything up to the time that it
 * names. Never goes back, also if the caller's clock does. Not thread-safe.
 */
final class HeartbeatWriter {
  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private long lastMs;

  HeartbeatWriter(Producer<byte[], byte[]> producer, String topic, int partitions) {
    this.producer = producer;
    this.topic = topic;
    this.partitions = partitions;
  }

  /**
   * Promises, in every partition, that no record with a point before this time will follow.
   *
   * @param untilMs epoch milliseconds, exclusive; must not be later than now
   * @return what is on its way; empty if as much has been promised before
   */
  List<Future<RecordMetadata>> write(long untilMs) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    if (untilMs <= lastMs) {
      return sent;
    }
    lastMs = untilMs;
    byte[] value = Long.toString(untilMs).getBytes(StandardCharsets.US_ASCII);
    for (int partition = 0; partition < partitions; partition++) {
      ProducerRecord<byte[], byte[]> heartbeat =
          new ProducerRecord<>(topic, partition, null, null, value);
      heartbeat.headers().add(format(IntakeHeaders.HEARTBEAT));
      sent.add(producer.send(heartbeat));
    }
    return sent;
  }

  /** The header that says what a record is. */
  static RecordHeader format(String format) {
    return new RecordHeader(IntakeHeaders.FORMAT, format.getBytes(StandardCharsets.UTF_8));
  }
}
