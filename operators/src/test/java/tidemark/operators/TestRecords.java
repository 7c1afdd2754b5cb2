package tidemark.operators;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.MetricType;

/** Kafka records and series keys, put together by their documented layout. */
public final class TestRecords {
  public static final long BROKER_TIME_MS = 1_767_225_600_000L;
  public static final String TOPIC = "points";

  private TestRecords() {}

  public static IntakeRecord of(long offset, String format, String org, byte[] value) {
    return new IntakeRecord(
        TOPIC, 3, offset, BROKER_TIME_MS, format, org, IntakeRecord.NO_HEARTBEAT, value);
  }

  public static IntakeRecord heartbeat(long offset, long heartbeatMs) {
    return new IntakeRecord(
        TOPIC,
        3,
        offset,
        BROKER_TIME_MS,
        IntakeHeaders.HEARTBEAT,
        "",
        heartbeatMs,
        Long.toString(heartbeatMs).getBytes(StandardCharsets.US_ASCII));
  }

  /** Key of a native series, as SeriesKey draws it. */
  public static byte[] key(MetricType type, String org, String metric, String... tags) {
    byte[][] tagBytes = new byte[tags.length][];
    for (int i = 0; i < tags.length; i++) {
      tagBytes[i] = tags[i].getBytes(StandardCharsets.UTF_8);
    }
    return key(type, org, metric.getBytes(StandardCharsets.UTF_8), tagBytes);
  }

  public static byte[] key(MetricType type, String org, byte[] metric, byte[]... tags) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(1);
      out.writeByte(type.code());
      out.writeUTF(org); // u16 length and, for these names, plain UTF-8
      out.writeInt(metric.length);
      out.write(metric);
      for (byte[] tag : tags) {
        out.writeShort(tag.length);
        out.write(tag);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot fail", e);
    }
    return bytes.toByteArray();
  }
}
