package tidemark.e2e;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;

/**
 * A seeded stream of batches, and what must be stored of it: recomputed from the points alone, in
 * decimals, without any of the system's code.
 */
final class SentPoints {
  static final String ORG = "acme";

  private static final long[] LATENESS_MS = {1_000L, 60_000L, 3_600_000L, 30 * 86_400_000L};
  private static final int POINTS_PER_BATCH = 50;

  private record Point(MetricType type, String metric, int host, long timestampMs, double value) {}

  /** A stored row's identity, as the SQL tables show it. */
  record Key(int tier, String metric, String host, long startMs) {}

  /** What the SQL tables must show; what does not apply to the type is null. */
  record Row(
      String type, long count, double sum, Double min, Double max, Double last, Long lastAtMs) {}

  private final Random random;
  private final List<Point> points = new ArrayList<>();

  SentPoints(long seed) {
    random = new Random(seed);
  }

  int count() {
    return points.size();
  }

  /** The next batch: points around that time, one in twenty late by up to 30 days. */
  byte[] nextBatch(long nowMs) {
    NativeBatchWriter writer = new NativeBatchWriter(ORG);
    for (int i = 0; i < POINTS_PER_BATCH; i++) {
      int metric = random.nextInt(6);
      MetricType type = MetricType.ofCode(1 + metric % 3);
      long lateMs = random.nextInt(20) == 0 ? LATENESS_MS[random.nextInt(4)] : 0;
      Point point =
          new Point(
              type,
              "e2e." + metric,
              random.nextInt(8),
              nowMs - lateMs - random.nextInt(500),
              type == MetricType.DISTRIBUTION
                  ? 1 + random.nextInt(1000) / 10.0
                  : random.nextGaussian() * Math.pow(10, random.nextInt(12)));
      points.add(point);
      int series = writer.series(type, point.metric(), List.of("host:h" + point.host()));
      writer.point(series, point.timestampMs(), point.value());
    }
    return writer.toBytes();
  }

  /** Every row of one tier. */
  Map<Key, Row> rows(int tier) {
    Map<Key, List<Point>> byKey = new HashMap<>();
    for (Point point : points) {
      long startMs = Math.floorDiv(point.timestampMs(), tier * 1000L) * tier * 1000L;
      byKey
          .computeIfAbsent(
              new Key(tier, point.metric(), "h" + point.host(), startMs), key -> new ArrayList<>())
          .add(point);
    }
    Map<Key, Row> rows = new HashMap<>();
    byKey.forEach((key, sent) -> rows.put(key, row(sent)));
    return rows;
  }

  private static Row row(List<Point> sent) {
    MetricType type = sent.get(0).type();
    double sum =
        sent.stream()
            .map(point -> new BigDecimal(point.value()))
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .doubleValue();
    if (type == MetricType.COUNTER) {
      return new Row(type.label(), sent.size(), sum, null, null, null, null);
    }
    double min = sent.stream().mapToDouble(Point::value).min().orElseThrow();
    double max = sent.stream().mapToDouble(Point::value).max().orElseThrow();
    if (type == MetricType.DISTRIBUTION) {
      return new Row(type.label(), sent.size(), sum, min, max, null, null);
    }
    long lastMs = sent.stream().mapToLong(Point::timestampMs).max().orElseThrow();
    double last =
        sent.stream()
            .filter(point -> point.timestampMs() == lastMs)
            .mapToDouble(Point::value)
            .max()
            .orElseThrow();
    return new Row(type.label(), sent.size(), sum, min, max, last, lastMs);
  }

  /** The value at a quantile of all points of each distribution, by sorting them. */
  Map<String, Double> quantiles(double q) {
    Map<String, List<Double>> values = new TreeMap<>();
    for (Point point : points) {
      if (point.type() == MetricType.DISTRIBUTION) {
        values.computeIfAbsent(point.metric(), metric -> new ArrayList<>()).add(point.value());
      }
    }
    Map<String, Double> quantiles = new TreeMap<>();
    values.forEach(
        (metric, all) -> {
          Collections.sort(all);
          quantiles.put(metric, all.get((int) (q * (all.size() - 1))));
        });
    return quantiles;
  }
}
