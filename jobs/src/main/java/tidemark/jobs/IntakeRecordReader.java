package tidemark.jobs;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tidemark.operators.IntakeRecord;
import tidemark.operators.IntakeRecordSerializer;
import tidemark.operators.decode.DecodeConfig;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Kafka's record as an {@link IntakeRecord}, without looking at its value. Never throws: an
 * exception here would restart the job at the same offset for ever.
 */
public final class IntakeRecordReader implements KafkaRecordDeserializationSchema<IntakeRecord> {
  private static final long serialVersionUID = 1L;
  private static final byte[] NO_BYTES = {};

  /** What a heartbeat that is ahead of its record's time promises. */
  private enum Ahead {
    /** What it says: producers' clocks decide about points. */
    AS_IT_SAYS,
    /** No more than its record's time: the broker's clock decides when a definition counts. */
    RECORD_TIME
  }

  private final DecodeConfig config;
  private final Ahead ahead;

  private IntakeRecordReader(DecodeConfig config, Ahead ahead) {
    this.config = config;
    this.ahead = ahead;
  }

  /** Of the points topic. */
  public static IntakeRecordReader ofPoints(DecodeConfig config) {
    return new IntakeRecordReader(config, Ahead.AS_IT_SAYS);
  }

  /** Of the control topic. */
  static IntakeRecordReader ofControl(DecodeConfig config) {
    return new IntakeRecordReader(config, Ahead.RECORD_TIME);
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<IntakeRecord> out) {
    byte[] value = record.value() == null ? NO_BYTES : record.value();
    String format = header(record, IntakeHeaders.FORMAT, config.defaultFormat());
    out.collect(
        new IntakeRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            format,
            header(record, IntakeHeaders.ORG, config.defaultOrg()),
            format.equals(IntakeHeaders.HEARTBEAT)
                ? heartbeatMs(value, record.timestamp())
                : IntakeRecord.NO_HEARTBEAT,
            value));
  }

  private static String header(
      ConsumerRecord<byte[], byte[]> record, String key, String defaultValue) {
    Header header = record.headers().lastHeader(key);
    return header == null || header.value() == null
        ? defaultValue
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  private long heartbeatMs(byte[] value, long brokerTimeMs) {
    long heartbeatMs = IntakeRecord.heartbeatOf(value, 0, value.length, brokerTimeMs);
    if (heartbeatMs == IntakeRecord.BAD_HEARTBEAT) {
      return heartbeatMs;
    }
    return ahead == Ahead.AS_IT_SAYS ? heartbeatMs : Math.min(heartbeatMs, brokerTimeMs);
  }

  @Override
  public TypeInformation<IntakeRecord> getProducedType() {
    return IntakeRecordSerializer.TYPE;
  }
}
