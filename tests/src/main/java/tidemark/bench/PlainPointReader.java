package tidemark.bench;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Makes {@link PlainPoints} of a native batch. Watermarks are right per partition because points
 * leave the source as points.
 */
final class PlainPointReader implements KafkaRecordDeserializationSchema<PlainPoint> {
  private static final long serialVersionUID = 1L;

  private transient PlainPoints points;

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    points = new PlainPoints();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<PlainPoint> out) {
    Header format = record.headers().lastHeader(IntakeHeaders.FORMAT);
    if (format == null || format.value()[0] != IntakeHeaders.HEARTBEAT.charAt(0)) {
      points.read(record.value(), out::collect);
    }
  }

  @Override
  public TypeInformation<PlainPoint> getProducedType() {
    return TypeInformation.of(PlainPoint.class);
  }
}
