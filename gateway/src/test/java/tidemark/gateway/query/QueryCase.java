package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A statement that groups rows of points, and what it means, in Java over the rows themselves.
 *
 * @param tier of the windows that are put together; empty for the one that the range tells
 * @param fromMs first window start asked for; {@link Long#MIN_VALUE} if any
 * @param toMs window starts asked for end before it; {@link Long#MAX_VALUE} if any
 */
record QueryCase(
    String sql,
    List<Object> parameters,
    OptionalInt tier,
    long fromMs,
    long toMs,
    Predicate<SampleSeries> filter,
    List<Function<SampleRow, Object>> keys,
    List<Aggregate> aggregates,
    long havingMoreThan) {

  /** What an aggregate must give. */
  @FunctionalInterface
  interface Aggregate {
    /** The bounds of the value; null for no value. */
    Bounds of(List<SampleRow> group);
  }

  record Bounds(double min, double max) {
    static Bounds exactly(double value) {
      return new Bounds(value, value);
    }

    static Bounds about(double value, double error) {
      return new Bounds(value - error, value + error);
    }
  }

  /** Compares an answer with what the rows say. */
  void check(List<SampleRow> merged, long watermarkMs, List<List<Object>> answer, String name) {
    int windows = tier.orElse(byRange(watermarkMs));
    Map<List<String>, List<SampleRow>> groups = new LinkedHashMap<>();
    if (keys.isEmpty()) {
      groups.put(List.of(), new ArrayList<>());
    }
    for (SampleRow row : merged) {
      if (row.tier() == windows
          && fromMs <= row.startMs()
          && row.startMs() < toMs
          && filter.test(row.series())) {
        List<String> key = keys.stream().map(function -> text(function.apply(row))).toList();
        groups.computeIfAbsent(key, ignored -> new ArrayList<>()).add(row);
      }
    }
    groups
        .values()
        .removeIf(
            group -> group.stream().mapToLong(row -> row.points().size()).sum() <= havingMoreThan);
    Map<List<String>, List<Object>> found = new HashMap<>();
    for (List<Object> row : answer) {
      List<String> key = row.subList(0, keys.size()).stream().map(QueryCase::text).toList();
      assertThat(found.put(key, row)).as("two rows of %s: %s", key, name).isNull();
    }
    assertThat(found.keySet()).as(name).isEqualTo(groups.keySet());
    groups.forEach((key, group) -> check(key, group, found.get(key), name));
  }

  private void check(List<String> key, List<SampleRow> group, List<Object> row, String name) {
    for (int i = 0; i < aggregates.size(); i++) {
      Object value = row.get(keys.size() + i);
      Bounds bounds = aggregates.get(i).of(group);
      if (bounds == null) {
        assertThat(value).as("value %s of %s: %s", i, key, name).isNull();
      } else {
        assertThat(value).as("value %s of %s: %s", i, key, name).isNotNull();
        assertThat(((Number) value).doubleValue())
            .as("value %s of %s: %s", i, key, name)
            .isBetween(bounds.min(), bounds.max());
      }
    }
  }

  /** What a screen can show: 10 s up to six hours, minutes up to a week, hours beyond. */
  private int byRange(long watermarkMs) {
    long lengthMs = Math.min(toMs, watermarkMs + 1) - fromMs;
    if (fromMs == Long.MIN_VALUE || lengthMs <= 6 * 3_600_000L) {
      return 10;
    }
    return lengthMs <= 7 * 86_400_000L ? 60 : 3600;
  }

  /** One spelling of a key, whatever its type. */
  static String text(Object value) {
    if (value instanceof OffsetDateTime time) {
      return Long.toString(time.toInstant().toEpochMilli());
    }
    return value instanceof Number number
        ? Long.toString(number.longValue())
        : String.valueOf(value);
  }
}
