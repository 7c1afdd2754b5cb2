package tidemark.bench;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import tidemark.serde.wire.NativeBatchDecoder;
import tidemark.serde.wire.PointBlock;
import tidemark.serde.wire.SeriesKey;
import tidemark.serde.wire.SeriesResolution;
import tidemark.state.SeriesIdentity;
import tidemark.state.SeriesLimits;

/**
 * The points of native batches, one {@link PlainPoint} for each.
 *
 * <p>Not the naive way: it uses the main job's own decoder, makes the text of a series once, and
 * one object serves all points, since the next step writes it out before the next one comes.
 */
final class PlainPoints {
  private static final SeriesLimits LIMITS = new SeriesLimits(128, 512, 1024);

  private final NativeBatchDecoder decoder = new NativeBatchDecoder();
  private final PointBlock block = new PointBlock();
  private final Map<ByteBuffer, String> seriesByKey = new HashMap<>();
  private final PlainPoint point = new PlainPoint();

  /** Hands each point of a batch over, in one object that is filled again for the next. */
  void read(byte[] batch, Consumer<PlainPoint> out) {
    decoder.decode(batch, "", block);
    for (int s = 0; s < block.seriesCount(); s++) {
      point.series = series(s);
      for (int i = block.firstPoint(s); i < block.firstPoint(s + 1); i++) {
        point.timestampMs = block.timestampsMs()[i];
        point.value = block.values()[i];
        out.accept(point);
      }
    }
  }

  private String series(int s) {
    int start = block.keyStart(s);
    int length = block.keyLength(s);
    String known = seriesByKey.get(ByteBuffer.wrap(block.keys(), start, length));
    if (known != null) {
      return known;
    }
    SeriesResolution resolution = SeriesKey.resolve(block.keys(), start, length, LIMITS);
    SeriesIdentity identity = ((SeriesResolution.Accepted) resolution).identity();
    String text = identity.metric() + "{" + String.join(",", identity.tags()) + "}";
    byte[] key = new byte[length];
    System.arraycopy(block.keys(), start, key, 0, length);
    seriesByKey.put(ByteBuffer.wrap(key), text);
    return text;
  }
}
