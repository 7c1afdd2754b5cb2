package tidemark.jobs;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.producer.ProducerRecord;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.verdict.VerdictCodec;
import tidemark.serde.verdict.VerdictJson;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.monitor.Alert;

/**
 * Verdicts and alerts as Kafka records: the key is the verdict's id, so that all revisions of one
 * stand in order in one partition, the value {@link VerdictJson}, and the header {@link
 * IntakeHeaders#ORG} says whose it is. In between they are tuples of id, org and value.
 */
final class VerdictRecord {
  static final TypeInformation<Tuple3<String, String, byte[]>> TYPE =
      Types.TUPLE(Types.STRING, Types.STRING, Types.PRIMITIVE_ARRAY(Types.BYTE));

  private VerdictRecord() {}

  /** One record for each verdict of a batch; none for other batches. */
  static void ofVerdicts(PartialBatch batch, Collector<Tuple3<String, String, byte[]>> out) {
    if (batch.kind() == PartialBatch.Kind.VERDICTS) {
      VerdictCodec.read(
          batch,
          verdict ->
              out.collect(
                  Tuple3.of(verdict.id(), verdict.subject().org(), VerdictJson.of(verdict))));
    }
  }

  static void ofAlert(Alert alert, Collector<Tuple3<String, String, byte[]>> out) {
    out.collect(
        Tuple3.of(alert.verdict().id(), alert.verdict().subject().org(), VerdictJson.of(alert)));
  }

  /** Writes them to one topic. */
  record Writer(String topic)
      implements KafkaRecordSerializationSchema<Tuple3<String, String, byte[]>> {

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        Tuple3<String, String, byte[]> verdict, KafkaSinkContext context, Long timestamp) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(topic, verdict.f0.getBytes(UTF_8), verdict.f2);
      record.headers().add(IntakeHeaders.ORG, verdict.f1.getBytes(UTF_8));
      return record;
    }
  }
}
