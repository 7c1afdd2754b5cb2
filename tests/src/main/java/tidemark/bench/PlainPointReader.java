package tidemark.bench;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchDecoder;
import tidemark.serde.wire.PointBlock;
import tidemark.serde.wire.SeriesKey;
import tidemark.serde.wire.SeriesResolution;
import tidemark.state.SeriesIdentity;
import tidemark.state.SeriesLimits;

/**
 * Makes a {@link PlainPoint} of every point of a native batch.
 *
 * <p>Not the naive way: it uses the main job's own decoder, makes the text of a series once, and
 * one object serves all points, since the next step writes it out before the next one comes.
 * Watermarks are right per partition because points leave the source as points.
 */
final class PlainPointReader implements KafkaRecordDeserializationSchema<PlainPoint> {
  private static final long serialVersionUID = 1L;
  private static final SeriesLimits LIMITS = new SeriesLimits(128, 512, 1024);

  /** What need not travel with the schema. */
  private static final class Scratch {
    final NativeBatchDecoder decoder = new NativeBatchDecoder();
    final PointBlock block = new PointBlock();
    final Map<ByteBuffer, String> seriesByKey = new HashMap<>();
    final PlainPoint point = new PlainPoint();
  }

  private transient Scratch scratch;

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    scratch = new Scratch();
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<PlainPoint> out) {
    Header format = record.headers().lastHeader(IntakeHeaders.FORMAT);
    if (format != null && format.value()[0] == IntakeHeaders.HEARTBEAT.charAt(0)) {
      return;
    }
    PointBlock block = scratch.block;
    PlainPoint point = scratch.point;
    scratch.decoder.decode(record.value(), "", block);
    for (int s = 0; s < block.seriesCount(); s++) {
      point.series = series(block, s);
      for (int i = block.firstPoint(s); i < block.firstPoint(s + 1); i++) {
        point.timestampMs = block.timestampsMs()[i];
        point.value = block.values()[i];
        out.collect(point);
      }
    }
  }

  private String series(PointBlock block, int s) {
    int start = block.keyStart(s);
    int length = block.keyLength(s);
    String known = scratch.seriesByKey.get(ByteBuffer.wrap(block.keys(), start, length));
    if (known != null) {
      return known;
    }
    SeriesResolution resolution = SeriesKey.resolve(block.keys(), start, length, LIMITS);
    SeriesIdentity identity = ((SeriesResolution.Accepted) resolution).identity();
    String text = identity.metric() + "{" + String.join(",", identity.tags()) + "}";
    byte[] key = new byte[length];
    System.arraycopy(block.keys(), start, key, 0, length);
    scratch.seriesByKey.put(ByteBuffer.wrap(key), text);
    return text;
  }

  @Override
  public TypeInformation<PlainPoint> getProducedType() {
    return TypeInformation.of(PlainPoint.class);
  }
}
