package tidemark.gateway;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import tidemark.serde.table.RollupsTable;

/**
 * The views that queries see, as SQL over exact file lists. docs/sql.md describes them to users.
 *
 * <p>A rollups view merges the partial rows of a key (org, metric, series_id, type, window_start).
 * Most keys have one row. Two rows without rounding left over add exactly in double arithmetic;
 * only what remains goes through text into {@link MergeFunctions}, and becomes text only then.
 * Filters on key columns reach the Parquet scan through the grouping, columns that a query does not
 * name cost nothing, and the tags are joined only when it names them.
 */
final class StoredViews {

  /** A view that queries may name. */
  enum View {
    POINTS("points", 10, "the finest tier: rollups_10s under its everyday name"),
    ROLLUPS_10S("rollups_10s", 10, "one row per series and 10 s window"),
    ROLLUPS_1M("rollups_1m", 60, "one row per series and minute"),
    ROLLUPS_1H("rollups_1h", 3600, "one row per series and hour"),
    SERIES("series", StoredFile.NO_TIER, "what each series is: org, metric, type, tags");

    private final String sqlName;
    private final int tierSeconds;
    private final String description;

    View(String sqlName, int tierSeconds, String description) {
      this.sqlName = sqlName;
      this.tierSeconds = tierSeconds;
      this.description = description;
    }

    String sqlName() {
      return sqlName;
    }

    int tierSeconds() {
      return tierSeconds;
    }

    String description() {
      return description;
    }
  }

  /**
   * Order does not matter to either: merging is commutative. {@code percentile} is null without a
   * sketch.
   */
  static final List<String> MACROS =
      List.of(
          "CREATE MACRO percentile(sketch, q) AS %s(string_agg(to_base64(sketch), ','), q)"
              .formatted(MergeFunctions.QUANTILE),
          "CREATE MACRO merge_sketch(sketch) AS from_base64(%s(string_agg(to_base64(sketch), ',')))"
              .formatted(MergeFunctions.MERGE_SKETCHES),
          "CREATE MACRO exact_sum(value) AS %s(array_to_string(list(CAST(value AS DOUBLE)), ','), '')"
              .formatted(MergeFunctions.MERGE_SUMS));

  private static final String MERGED_ROLLUPS =
      """
      SELECT p.org, p.metric, p.series_id, p.type, p.window_start,
        CAST(sum(p.count) AS BIGINT) AS count,
        CASE WHEN count(*) = 1 OR (count(*) = 2 AND count(p.sum_low) = 0) THEN sum(p.sum)
          ELSE %1$s(
            concat_ws(',', array_to_string(list(p.sum), ','), string_agg(p.sum_low, ',')),
            string_agg(hex(p.sum_rest), '')) END AS sum,
        min(CASE WHEN p.type <> 'counter' THEN coalesce(p.min, p.sum) END) AS min,
        max(CASE WHEN p.type <> 'counter' THEN coalesce(p.max, p.sum) END) AS max,
        max({'ms': p.last_ms, 'value': coalesce(p.last, p.sum)})
          FILTER (WHERE p.last_ms IS NOT NULL) AS newest,
        CASE WHEN count(*) = 1 THEN any_value(p.sketch)
          ELSE from_base64(%2$s(string_agg(to_base64(p.sketch), ','))) END AS sketch,
        max(p.sketch_error) AS sketch_error
      FROM %3$s p
      GROUP BY p.org, p.metric, p.series_id, p.type, p.window_start""";

  private static final String ROLLUPS =
      """
      CREATE VIEW %s AS
      SELECT r.org, r.metric, r.series_id, r.type, r.window_start, r.count, r.sum, r.min, r.max,
        r.sum / r.count AS avg,
        r.newest.value AS last,
        r.window_start + to_milliseconds(r.newest.ms) AS last_at,
        r.sketch, r.sketch_error,
        coalesce(s.tags, MAP([]::VARCHAR[], []::VARCHAR[])) AS tags
      FROM (%s) r
      LEFT JOIN (%s) s USING (org, metric, series_id, type)""";

  private static final String MERGED_SERIES =
      """
      SELECT s.org, s.metric, s.series_id, s.type, any_value(s.tags) AS tags,
        min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen
      FROM %s s
      GROUP BY s.org, s.metric, s.series_id, s.type""";

  private static final String NO_ROLLUPS =
      """
      (SELECT NULL::VARCHAR AS org, NULL::VARCHAR AS metric, NULL::BIGINT AS series_id,
        NULL::VARCHAR AS type, NULL::TIMESTAMPTZ AS window_start, NULL::BIGINT AS count,
        NULL::DOUBLE AS sum, NULL::DOUBLE AS sum_low, NULL::BLOB AS sum_rest, NULL::DOUBLE AS min,
        NULL::DOUBLE AS max, NULL::DOUBLE AS last, NULL::INTEGER AS last_ms, NULL::BLOB AS sketch,
        NULL::DOUBLE AS sketch_error WHERE false)""";

  private static final String NO_SERIES =
      """
      (SELECT NULL::VARCHAR AS org, NULL::VARCHAR AS metric, NULL::BIGINT AS series_id,
        NULL::VARCHAR AS type, NULL::MAP(VARCHAR, VARCHAR) AS tags,
        NULL::TIMESTAMPTZ AS first_seen, NULL::TIMESTAMPTZ AS last_seen WHERE false)""";

  private StoredViews() {}

  /** A view over these files of one tier of {@link RollupsTable}, with tags of these of series. */
  static String createRollups(View view, List<Path> rollupFiles, List<Path> seriesFiles) {
    String merged =
        MERGED_ROLLUPS.formatted(
            MergeFunctions.MERGE_SUMS,
            MergeFunctions.MERGE_SKETCHES,
            rollupFiles.isEmpty() ? NO_ROLLUPS : readParquet(rollupFiles));
    return ROLLUPS.formatted(view.sqlName(), merged, mergedSeries(seriesFiles));
  }

  static String createSeries(List<Path> seriesFiles) {
    return "CREATE VIEW %s AS %s".formatted(View.SERIES.sqlName(), mergedSeries(seriesFiles));
  }

  private static String mergedSeries(List<Path> files) {
    return MERGED_SERIES.formatted(files.isEmpty() ? NO_SERIES : readParquet(files));
  }

  /** Without guessing: a folder named {@code tier=10} must not become a column. */
  private static String readParquet(List<Path> files) {
    return "read_parquet(%s, hive_partitioning = false)".formatted(list(files));
  }

  /** A list of paths as SQL. */
  static String list(List<Path> files) {
    return files.stream()
        .map(file -> literal(file.toAbsolutePath().normalize().toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
