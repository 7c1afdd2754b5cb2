package tidemark.jobs;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What the tables must say of a set of points, computed from the points alone: sums as decimals,
 * sketches by the library, everything else by looking at all points of a window.
 */
final class Expected {

  /** One point as it was sent. */
  record Sent(
      String org, String metric, List<String> tags, String type, long timestampMs, double value) {

    Sent {
      value = value + 0.0; // -0.0 and 0.0 are one value to Tidemark
    }
  }

  /** Identity of a stored row after its partials were merged. */
  record Key(int tier, String org, String metric, List<String> tags, String type, long startMs) {}

  /** Content of a row; what does not apply to its type is null. */
  record Row(
      long count,
      BigDecimal sum,
      Double min,
      Double max,
      Double last,
      Long lastTimestampMs,
      Map<Integer, Long> bins) {}

  /** An org's minute, as the ledger counts. */
  record Minute(String org, long startMs) {
    static Minute of(String org, long timestampMs) {
      return new Minute(org, Math.floorDiv(timestampMs, 60_000L) * 60_000L);
    }
  }

  private static final int[] TIERS = {10, 60, 3600};

  private Expected() {}

  static Map<Key, Row> rows(List<Sent> points) {
    Map<Key, List<Sent>> byKey = new HashMap<>();
    for (Sent point : points) {
      for (int tier : TIERS) {
        long startMs = Math.floorDiv(point.timestampMs(), tier * 1000L) * tier * 1000L;
        byKey
            .computeIfAbsent(
                new Key(tier, point.org(), point.metric(), point.tags(), point.type(), startMs),
                key -> new ArrayList<>())
            .add(point);
      }
    }
    Map<Key, Row> rows = new HashMap<>();
    byKey.forEach((key, sent) -> rows.put(key, row(key.type(), sent)));
    return rows;
  }

  /** Points by org and minute. */
  static Map<Minute, Long> pointsByMinute(List<Sent> points) {
    Map<Minute, Long> counts = new HashMap<>();
    points.forEach(
        point -> counts.merge(Minute.of(point.org(), point.timestampMs()), 1L, Long::sum));
    return counts;
  }

  /** The first few rows that are missing, extra or different, in words; empty if none. */
  static List<String> differences(Map<Key, Row> expected, Map<Key, Row> actual) {
    Set<Key> keys = new HashSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    return keys.stream()
        .filter(key -> !Objects.equals(expected.get(key), actual.get(key)))
        .limit(5)
        .map(key -> "%s: wanted %s, got %s".formatted(key, expected.get(key), actual.get(key)))
        .toList();
  }

  private static Row row(String type, List<Sent> points) {
    BigDecimal sum =
        points.stream()
            .map(point -> new BigDecimal(point.value()))
            .reduce(BigDecimal.ZERO, BigDecimal::add)
            .stripTrailingZeros();
    if (type.equals("counter")) {
      return new Row(points.size(), sum, null, null, null, null, null);
    }
    double min = points.stream().mapToDouble(Sent::value).min().orElseThrow();
    double max = points.stream().mapToDouble(Sent::value).max().orElseThrow();
    if (type.equals("distribution")) {
      return new Row(points.size(), sum, min, max, null, null, bins(points));
    }
    long lastMs = points.stream().mapToLong(Sent::timestampMs).max().orElseThrow();
    double last =
        points.stream()
            .filter(point -> point.timestampMs() == lastMs)
            .mapToDouble(Sent::value)
            .max()
            .orElseThrow();
    return new Row(points.size(), sum, min, max, last, lastMs, null);
  }

  private static Map<Integer, Long> bins(List<Sent> points) {
    DDSketch sketch = newSketch();
    points.forEach(point -> sketch.accept(point.value()));
    return bins(sketch);
  }

  static DDSketch newSketch() {
    return new DDSketch(
        new LogarithmicMapping(Math.pow(2, 1 / 64.0), 0), UnboundedSizeDenseStore::new);
  }

  /** A sketch with these bins, for non-negative values. */
  static DDSketch sketch(Map<Integer, Long> bins) {
    DDSketch sketch = newSketch();
    bins.forEach(
        (index, count) ->
            sketch.accept(
                index == Integer.MIN_VALUE ? 0 : sketch.getIndexMapping().value(index), count));
    return sketch;
  }

  /** Counts by bin; negative values under {@code -1 - index}, zeros under the smallest int. */
  static Map<Integer, Long> bins(DDSketch sketch) {
    Map<Integer, Long> bins = new HashMap<>();
    sketch
        .getPositiveValueStore()
        .getAscendingIterator()
        .forEachRemaining(bin -> bins.merge(bin.getIndex(), (long) bin.getCount(), Long::sum));
    sketch
        .getNegativeValueStore()
        .getAscendingIterator()
        .forEachRemaining(bin -> bins.merge(-1 - bin.getIndex(), (long) bin.getCount(), Long::sum));
    bins.values().removeIf(count -> count == 0);
    long zeros = (long) sketch.getCount() - bins.values().stream().mapToLong(Long::longValue).sum();
    if (zeros > 0) {
      bins.put(Integer.MIN_VALUE, zeros);
    }
    return bins;
  }
}
