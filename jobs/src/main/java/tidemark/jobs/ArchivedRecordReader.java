package tidemark.jobs;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tidemark.operators.archive.ArchivedRecordSerializer;
import tidemark.serde.archive.ArchivedRecord;

/** Kafka's record with all that it has, without looking into it. Never throws. */
final class ArchivedRecordReader implements KafkaRecordDeserializationSchema<ArchivedRecord> {
  private static final long serialVersionUID = 1L;

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ArchivedRecord> out) {
    List<ArchivedRecord.Header> headers = new ArrayList<>();
    for (Header header : record.headers()) {
      headers.add(new ArchivedRecord.Header(header.key(), header.value()));
    }
    out.collect(
        new ArchivedRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            record.timestampType().id,
            record.key(),
            headers,
            record.value()));
  }

  @Override
  public TypeInformation<ArchivedRecord> getProducedType() {
    return ArchivedRecordSerializer.TYPE;
  }
}
