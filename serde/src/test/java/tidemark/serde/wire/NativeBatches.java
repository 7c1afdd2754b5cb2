package tidemark.serde.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tidemark.state.MetricType;
import tidemark.wire.v1.NativeBatch;

/** Random batches, and what they say read in two independent ways. */
final class NativeBatches {
  private NativeBatches() {}

  /** A valid batch of up to 8 series of up to 6 points. */
  static NativeBatch random(Random random) {
    NativeBatch.Builder batch = NativeBatch.newBuilder().setVersion(1).setOrg("org-\u00e9");
    int symbols = 1 + random.nextInt(200);
    for (int i = 0; i < symbols; i++) {
      batch.addSymbols("k" + i + ":" + "\u20ac".repeat(random.nextInt(4)));
    }
    int series = 1 + random.nextInt(8);
    for (int i = 0; i < series; i++) {
      batch.addSeriesMetric(random.nextInt(symbols)).addSeriesTypeValue(1 + random.nextInt(3));
      int tags = random.nextInt(5);
      batch.addSeriesTagCount(tags);
      for (int tag = 0; tag < tags; tag++) {
        batch.addTags(random.nextInt(symbols));
      }
      int points = i == 0 ? 1 : random.nextInt(7);
      batch.addSeriesPointCount(points);
      for (int point = 0; point < points; point++) {
        batch.addPointTimestampDeltaMs(random.nextLong() >> random.nextInt(64));
        batch.addPointValue(Double.longBitsToDouble(random.nextLong()));
      }
    }
    return batch.setBaseTimestampMs(random.nextLong() >> random.nextInt(64)).build();
  }

  /** One line per point, from the generated class. */
  static List<String> pointsOf(NativeBatch batch, String defaultOrg) {
    List<String> points = new ArrayList<>();
    int tag = 0;
    int point = 0;
    for (int i = 0; i < batch.getSeriesMetricCount(); i++) {
      StringBuilder series = new StringBuilder().append(batch.getSeriesTypeValue(i));
      series.append(' ').append(batch.getOrg().isEmpty() ? defaultOrg : batch.getOrg());
      series.append('|').append(batch.getSymbols(batch.getSeriesMetric(i)));
      for (int end = tag + batch.getSeriesTagCount(i); tag < end; tag++) {
        series.append('|').append(batch.getSymbols(batch.getTags(tag)));
      }
      boolean isTaken = MetricType.isCode(batch.getSeriesTypeValue(i));
      long timestampMs = batch.getBaseTimestampMs();
      for (int end = point + batch.getSeriesPointCount(i); point < end; point++) {
        timestampMs += batch.getPointTimestampDeltaMs(point);
        if (isTaken) {
          points.add(line(series.toString(), timestampMs, batch.getPointValue(point)));
        }
      }
    }
    return points;
  }

  /** One line per point, from the block, its keys read by their layout. */
  static List<String> pointsOf(PointBlock block) {
    List<String> points = new ArrayList<>();
    for (int i = 0; i < block.seriesCount(); i++) {
      ByteBuffer key = ByteBuffer.wrap(block.keys(), block.keyStart(i), block.keyLength(i));
      StringBuilder series = new StringBuilder();
      key.get();
      series.append(key.get()).append(' ').append(text(key, key.getShort() & 0xffff));
      series.append('|').append(text(key, key.getInt()));
      while (key.hasRemaining()) {
        series.append('|').append(text(key, key.getShort() & 0xffff));
      }
      for (int point = block.firstPoint(i); point < block.firstPoint(i + 1); point++) {
        points.add(line(series.toString(), block.timestampsMs()[point], block.values()[point]));
      }
    }
    return points;
  }

  private static String text(ByteBuffer key, int length) {
    byte[] bytes = new byte[length];
    key.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String line(String series, long timestampMs, double value) {
    return series + " " + timestampMs + " " + Double.doubleToRawLongBits(value);
  }
}
