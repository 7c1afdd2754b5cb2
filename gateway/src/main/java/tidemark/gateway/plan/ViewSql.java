package tidemark.gateway.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tidemark.gateway.MergeFunctions;
import tidemark.gateway.hot.HotView;
import tidemark.gateway.scan.ScanRequest.Coarser;
import tidemark.state.definition.CoarserSeries;

/**
 * The logical tables as SQL over files and hot rows, for one org.
 *
 * <p>Filters stand at the scans, where they skip row groups. Tags are joined only if they are asked
 * for, from one row per series. Merged rows have the same bits as if no row had ever been split:
 * two rows without rounding left over add exactly in double arithmetic, what remains goes through
 * text into {@link MergeFunctions}.
 */
final class ViewSql {
  /** Where the engine keeps what is known of series. */
  static final String SERIES_INDEX = "series_index";

  /** Where it keeps what is known of metrics. */
  private static final String METRIC_INDEX = "metric_index";

  /** More names than this are not looked up one by one. */
  private static final int MAX_HASHES = 100;

  private static final String STORED_COLUMNS =
      "metric, series_id, window_start, type, count, sum, sum_low, sum_rest, min, max, last,"
          + " last_ms, sketch, sketch_error";

  private static final String NO_ROWS =
      """
      SELECT NULL::VARCHAR AS metric, NULL::BIGINT AS series_id, NULL::TIMESTAMPTZ AS window_start,
        NULL::VARCHAR AS type, NULL::BIGINT AS count, NULL::DOUBLE AS sum, NULL::DOUBLE AS sum_low,
        NULL::BLOB AS sum_rest, NULL::DOUBLE AS min, NULL::DOUBLE AS max, NULL::DOUBLE AS last,
        NULL::INTEGER AS last_ms, NULL::BLOB AS sketch, NULL::DOUBLE AS sketch_error,
        NULL::INTEGER AS resolution WHERE false""";

  private static final String MERGED =
      """
      SELECT p.metric, p.series_id, p.type, p.window_start, p.resolution,
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
      FROM (%3$s) p
      GROUP BY p.metric, p.series_id, p.type, p.window_start, p.resolution""";

  private static final String PARTIAL =
      """
      SELECT p.metric, p.series_id, p.type, p.window_start, p.resolution, p.count, p.sum,
        CASE WHEN p.type <> 'counter' THEN coalesce(p.min, p.sum) END AS min,
        CASE WHEN p.type <> 'counter' THEN coalesce(p.max, p.sum) END AS max,
        CASE WHEN p.last_ms IS NOT NULL THEN {'ms': p.last_ms, 'value': coalesce(p.last, p.sum)} END
          AS newest,
        p.sketch, p.sketch_error
      FROM (%s) p""";

  private ViewSql() {}

  /**
   * Which rows, and how they are shown.
   *
   * @param metrics that they have where they are stored; empty for all
   * @param coarser whether coarser series are among all
   * @param shownMetric the metric that they are shown with, if it is another for some
   */
  record Shape(
      String name,
      String org,
      boolean isMerged,
      Optional<List<String>> metrics,
      Coarser coarser,
      Optional<String> shownMetric,
      Optional<List<Long>> seriesIds,
      boolean hasTags,
      List<String> tagColumns) {

    /** The same of some series only. */
    Shape of(Optional<List<Long>> ids) {
      return new Shape(
          name, org, isMerged, metrics, coarser, shownMetric, ids, hasTags, tagColumns);
    }

    /** The same of other metrics, shown as one. */
    Shape as(List<String> stored, String shown) {
      return new Shape(
          name,
          org,
          isMerged,
          Optional.of(stored),
          coarser,
          Optional.of(shown),
          seriesIds,
          hasTags,
          tagColumns);
    }

    /**
     * The same of rows that are merged already.
     *
     * @param members series that rows are shown as
     */
    Shape merged(Optional<List<Long>> members) {
      return new Shape(
          name, org, false, metrics, coarser, shownMetric, members, hasTags, tagColumns);
    }
  }

  /** A view with the columns of points. */
  static String points(Shape shape, List<PieceRows> pieces) {
    String rows = rows(pieces);
    String merged =
        shape.isMerged()
            ? MERGED.formatted(MergeFunctions.MERGE_SUMS, MergeFunctions.MERGE_SKETCHES, rows)
            : PARTIAL.formatted(rows);
    StringBuilder sql = new StringBuilder("CREATE OR REPLACE TEMP VIEW ").append(shape.name());
    sql.append(" AS SELECT ")
        .append(shape.shownMetric().map(shown -> literal(shown) + " AS metric").orElse("r.metric"))
        .append(", r.series_id, r.type, r.window_start AS time, r.resolution,")
        .append(" r.count, r.sum, r.min, r.max, r.sum / r.count AS avg, r.newest.value AS last,")
        .append(" r.window_start + to_milliseconds(r.newest.ms) AS last_at,")
        .append(" r.sketch, r.sketch_error");
    if (shape.hasTags()) {
      sql.append(", coalesce(s.tags, MAP([]::VARCHAR[], []::VARCHAR[])) AS tags");
      shape.tagColumns().forEach(tag -> sql.append(", s.").append(identifier(tag)));
    }
    sql.append(" FROM (").append(merged).append(") r");
    if (shape.hasTags()) {
      boolean isOneMetric = shape.metrics().filter(names -> names.size() == 1).isPresent();
      sql.append(" LEFT JOIN (")
          .append(tags(shape))
          .append(isOneMetric ? ") s USING (series_id)" : ") s USING (metric, series_id)");
    }
    return sql.toString();
  }

  /** One row per series: an id belongs to one metric and one set of tags. */
  private static String tags(Shape shape) {
    StringBuilder sql = new StringBuilder("SELECT metric, series_id, any_value(tags) AS tags");
    for (String tag : shape.tagColumns()) {
      sql.append(", any_value(tags[").append(literal(tag)).append("]) AS ").append(identifier(tag));
    }
    sql.append(" FROM ").append(SERIES_INDEX).append(" WHERE org = ").append(literal(shape.org()));
    sql.append(hashes(shape.org(), shape.metrics()));
    shape.metrics().ifPresent(names -> sql.append(" AND ").append(in("metric", names)));
    shape.seriesIds().ifPresent(ids -> sql.append(" AND ").append(inIds(ids)));
    return sql.append(" GROUP BY metric, series_id").toString();
  }

  private static String rows(List<PieceRows> pieces) {
    List<String> parts = new ArrayList<>();
    for (PieceRows rows : pieces) {
      String where = where(rows.shape(), rows.piece());
      rows.stored().ifPresent(parts::add);
      for (HotView.Range range : rows.hot()) {
        parts.add(
            "SELECT %s, %d AS resolution FROM %s WHERE writer = %d AND tier = %d AND %s"
                .formatted(
                    STORED_COLUMNS,
                    rows.piece().tierSeconds(),
                    range.table(),
                    range.writer(),
                    rows.piece().tierSeconds(),
                    where));
      }
    }
    return parts.isEmpty() ? NO_ROWS : String.join(" UNION ALL ", parts);
  }

  /** Rows of stored files as they are. */
  static String stored(Shape shape, Piece piece, List<Path> files) {
    return "SELECT %s, %d AS resolution FROM read_parquet(%s, hive_partitioning = false) WHERE %s"
        .formatted(STORED_COLUMNS, piece.tierSeconds(), list(files), where(shape, piece));
  }

  private static String where(Shape shape, Piece piece) {
    StringBuilder where = new StringBuilder("org = ").append(literal(shape.org()));
    shape.metrics().ifPresent(names -> where.append(" AND ").append(in("metric", names)));
    where.append(ofCoarser(shape.metrics(), shape.coarser()));
    shape.seriesIds().ifPresent(ids -> where.append(" AND ").append(inIds(ids)));
    if (piece.fromMs() != Long.MIN_VALUE) {
      where.append(" AND window_start >= ").append(time(piece.fromMs()));
    }
    if (piece.toMs() != Long.MAX_VALUE) {
      where.append(" AND window_start < ").append(time(piece.toMs()));
    }
    return where.toString();
  }

  /** A condition that leaves out coarser series, where they are to be; else empty. */
  private static String ofCoarser(Optional<List<String>> metrics, Coarser coarser) {
    return metrics.isEmpty() && coarser == Coarser.LEFT_OUT
        ? " AND NOT contains(metric, '" + CoarserSeries.MARK + "')"
        : "";
  }

  /** How many hot rows each piece has in each table: (number of the piece, table, rows). */
  static String hotCounts(List<PieceRows> pieces) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      PieceRows rows = pieces.get(i);
      for (HotView.Range range : rows.hot()) {
        parts.add(
            ("SELECT %5$d AS piece, '%1$s/%2$d/%3$d' AS name, count(*) FROM %1$s"
                    + " WHERE writer = %2$d AND tier = %3$d AND %4$s")
                .formatted(
                    range.table(),
                    range.writer(),
                    rows.piece().tierSeconds(),
                    where(rows.shape(), rows.piece()),
                    i));
      }
    }
    return parts.isEmpty() ? "SELECT 0, '', 0 WHERE false" : String.join(" UNION ALL ", parts);
  }

  /** A view of the org's series. */
  static String series(String org, List<String> tagColumns, Optional<List<String>> metrics) {
    return "CREATE OR REPLACE TEMP VIEW series AS "
        + seriesRows(org, tagColumns, metrics, Coarser.READ);
  }

  /**
   * The org's series.
   *
   * @param metrics the only ones whose series are read further on
   * @param coarser whether coarser series are among all
   */
  static String seriesRows(
      String org, List<String> tagColumns, Optional<List<String>> metrics, Coarser coarser) {
    StringBuilder sql =
        new StringBuilder("SELECT metric, series_id, type, tags, first_seen, last_seen");
    for (String tag : tagColumns) {
      sql.append(", tags[").append(literal(tag)).append("] AS ").append(identifier(tag));
    }
    sql.append(" FROM ").append(SERIES_INDEX).append(" WHERE org = ").append(literal(org));
    return sql.append(hashes(org, metrics)).append(ofCoarser(metrics, coarser)).toString();
  }

  /**
   * What is known of some metrics: (metric, type, number of series, keys of tags, changes, first
   * day ms).
   */
  static String metricRows(String org, List<String> metrics) {
    return "SELECT metric, type, series, tags, changes, epoch_ms(first_seen) FROM %s WHERE org = %s AND %s"
        .formatted(METRIC_INDEX, literal(org), in("metric", metrics));
  }

  /**
   * A row if a series of a metric, seen in a range of time, has no coarser one.
   *
   * @param kept keys of tags that coarser series have
   * @param fromMs start of a day
   */
  static String missingSeries(
      String org, String metric, String coarser, List<String> kept, long fromMs, long untilMs) {
    String keys =
        kept.stream().map(key -> ", tags[" + literal(key) + "]").collect(Collectors.joining());
    String of = "SELECT type%s FROM %s WHERE org = %s%s AND metric = %s AND last_seen >= %s";
    String finer =
        of.formatted(
            keys,
            SERIES_INDEX,
            literal(org),
            hashes(org, Optional.of(List.of(metric))),
            literal(metric),
            time(fromMs));
    String found =
        of.formatted(
            keys,
            SERIES_INDEX,
            literal(org),
            hashes(org, Optional.of(List.of(coarser))),
            literal(coarser),
            time(fromMs));
    if (untilMs != Long.MAX_VALUE) {
      String before = " AND first_seen < " + time(untilMs);
      finer += before;
      found += before; // a later version may have made what this one was refused
    }
    // those of another version of the rule may have these tags among others
    String present =
        kept.stream()
            .map(key -> " + CAST(tags[" + literal(key) + "] IS NOT NULL AS INTEGER)")
            .collect(Collectors.joining("", "0", ""));
    found += " AND cardinality(tags) = " + present;
    return "SELECT * FROM (" + finer + " EXCEPT " + found + ") LIMIT 1";
  }

  /** A condition that the index can leave out whole stretches by; empty if there is none. */
  private static String hashes(String org, Optional<List<String>> metrics) {
    return metrics
        .filter(names -> !names.isEmpty() && names.size() <= MAX_HASHES)
        .map(
            names ->
                names.stream()
                    .map(name -> "hash(%s, %s)".formatted(literal(org), literal(name)))
                    .collect(Collectors.joining(", ", " AND metric_hash IN (", ")")))
        .orElse("");
  }

  private static String inIds(List<Long> ids) {
    return ids.isEmpty()
        ? "false"
        : "series_id IN ("
            + ids.stream().map(String::valueOf).collect(Collectors.joining(", "))
            + ")";
  }

  /** A view of the org's metrics. */
  static String metrics(String org) {
    return "CREATE OR REPLACE TEMP VIEW metrics AS SELECT metric, type, series, tags, first_seen,"
        + " last_seen FROM %s WHERE org = %s".formatted(METRIC_INDEX, literal(org));
  }

  static String in(String column, List<String> values) {
    return values.isEmpty()
        ? "false"
        : column
            + " IN ("
            + values.stream().map(ViewSql::literal).collect(Collectors.joining(", "))
            + ")";
  }

  static String time(long ms) {
    return "make_timestamptz(%d)".formatted(Math.multiplyExact(ms, 1000L));
  }

  private static String list(List<Path> files) {
    return files.stream()
        .map(file -> literal(file.toAbsolutePath().normalize().toString()))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  static String identifier(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
