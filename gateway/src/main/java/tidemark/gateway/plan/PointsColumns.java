package tidemark.gateway.plan;

import java.util.List;
import java.util.Set;

/** Names of the columns of points, by what they may be used for. */
final class PointsColumns {
  /** Differ between partial rows of one window. */
  static final Set<String> VALUES =
      Set.of("count", "sum", "min", "max", "avg", "last", "last_at", "sketch", "sketch_error");

  /** Differ between tiers. */
  static final Set<String> TIMES = Set.of("time");

  static final String RESOLUTION = "resolution";

  /** Tell series apart. */
  static final Set<String> SERIES = Set.of("metric", "series_id", "type", "tags");

  /** All of them, in the order in which {@code SELECT *} shows them. */
  static final List<String> ALL =
      List.of(
          "metric",
          "series_id",
          "type",
          "time",
          RESOLUTION,
          "count",
          "sum",
          "min",
          "max",
          "avg",
          "last",
          "last_at",
          "sketch",
          "sketch_error",
          "tags");

  private PointsColumns() {}

  static boolean isColumn(String name) {
    return ALL.contains(name) || TIMES.contains(name);
  }
}
