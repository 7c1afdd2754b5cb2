package tidemark.gateway;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tidemark.serde.table.LedgerRows;

/**
 * The questions of an audit. Each tier is read once for a comparison: both tiers go through one
 * grouping by series and coarse window, in parts of the series if it would not fit memory.
 *
 * <p>Exact sums are compared by their residues ({@link MergeFunctions#residue}), which SQL can add.
 */
final class AuditSql {
  /**
   * Rows of one grouping: it takes 100 to 300 bytes for each group, of which there are half as many
   * at most.
   */
  private static final long ROWS_AT_ONCE = 8_000_000L;

  private static final String NO_ROWS =
      """
      (SELECT NULL::INTEGER AS tier, NULL::VARCHAR AS org, NULL::VARCHAR AS metric,
        NULL::BIGINT AS series_id, NULL::VARCHAR AS type, NULL::TIMESTAMPTZ AS window_start,
        NULL::BIGINT AS count, NULL::DOUBLE AS sum, NULL::DOUBLE AS sum_low, NULL::BLOB AS sum_rest,
        NULL::DOUBLE AS min, NULL::DOUBLE AS max, NULL::DOUBLE AS last, NULL::INTEGER AS last_ms,
        NULL::BLOB AS sketch, NULL::DOUBLE AS sketch_error, NULL::VARCHAR AS filename WHERE false)""";

  private static final String SERIES =
      """
      SELECT org, metric, series_id, type,
        epoch_ms(window_start) - epoch_ms(window_start) %% %1$d AS start_ms,
        sum(count) FILTER (WHERE tier = %2$d) AS fine_count,
        sum(count) FILTER (WHERE tier = %3$d) AS coarse_count,
        sum(%4$s) FILTER (WHERE tier = %2$d) %% %5$d AS fine_sum,
        sum(%4$s) FILTER (WHERE tier = %3$d) %% %5$d AS coarse_sum,
        min(coalesce(min, sum)) FILTER (WHERE tier = %2$d AND type <> 'counter') AS fine_min,
        min(coalesce(min, sum)) FILTER (WHERE tier = %3$d AND type <> 'counter') AS coarse_min,
        max(coalesce(max, sum)) FILTER (WHERE tier = %2$d AND type <> 'counter') AS fine_max,
        max(coalesce(max, sum)) FILTER (WHERE tier = %3$d AND type <> 'counter') AS coarse_max,
        max({'ms': epoch_ms(window_start) + last_ms, 'value': coalesce(last, sum)})
          FILTER (WHERE tier = %2$d AND last_ms IS NOT NULL) AS fine_last,
        max({'ms': epoch_ms(window_start) + last_ms, 'value': coalesce(last, sum)})
          FILTER (WHERE tier = %3$d AND last_ms IS NOT NULL) AS coarse_last,
        max(sketch_error) FILTER (WHERE tier = %2$d) AS fine_error,
        max(sketch_error) FILTER (WHERE tier = %3$d) AS coarse_error,
        %6$s
      FROM %7$s
      WHERE %8$s
      GROUP BY org, metric, series_id, type, start_ms""";

  /** Most sums are small counts, which are their own residues. */
  private static final String RESIDUE =
      """
      CASE WHEN sum_low IS NULL AND sum BETWEEN 0 AND 9e15 AND sum = floor(sum)
        THEN CAST(sum AS BIGINT) ELSE %s(sum, sum_low, hex(sum_rest)) END""";

  private static final String NO_SKETCHES = "NULL AS fine_sketch, NULL AS coarse_sketch";

  private static final String SKETCHES =
      """
      %1$s(string_agg(to_base64(sketch), ',') FILTER (WHERE tier = %2$d)) AS fine_sketch,
        %1$s(string_agg(to_base64(sketch), ',') FILTER (WHERE tier = %3$d)) AS coarse_sketch""";

  private static final List<String> COMPARED =
      List.of("count", "sum", "min", "max", "last", "error", "sketch");

  /** Points of coarser series are those of finer ones, which are counted. */
  private static final String WINDOWS =
      """
      SELECT org, start_ms,
        CAST(coalesce(sum(fine_count) FILTER (WHERE NOT contains(metric, '@')), 0) AS BIGINT)
          AS fine_points,
        CAST(coalesce(sum(coarse_count) FILTER (WHERE NOT contains(metric, '@')), 0) AS BIGINT)
          AS coarse_points,
        count(*) AS series,
        count(*) FILTER (WHERE %1$s) AS differing,
        min(%2$s) FILTER (WHERE %1$s) AS example
      FROM (%3$s)
      GROUP BY org, start_ms""";

  private static final String LEDGER =
      """
      CREATE TABLE ledger AS
      SELECT org, epoch_ms(window_start) AS start_ms,
        CAST(coalesce(sum(count) FILTER (WHERE metric = '%s'), 0) AS BIGINT) AS accepted,
        CAST(coalesce(sum(count) FILTER (WHERE metric = '%s'), 0) AS BIGINT) AS received,
        CAST(coalesce(sum(count) FILTER (WHERE metric = '%s'), 0) AS BIGINT) AS closed,
        CAST(coalesce(sum(count) FILTER (WHERE metric = '%s'), 0) AS BIGINT) AS dropped
      FROM %s WHERE %s
      GROUP BY org, start_ms""";

  private static final String WHOLE =
      """
      CREATE TABLE %1$s AS
      SELECT org, start_ms, CAST(sum(fine_points) AS BIGINT) AS fine_points,
        CAST(sum(coarse_points) AS BIGINT) AS coarse_points, CAST(sum(series) AS BIGINT) AS series,
        CAST(sum(differing) AS BIGINT) AS differing, min(example) AS example
      FROM %1$s_parts GROUP BY org, start_ms""";

  private AuditSql() {}

  /** Creates {@code ledger}: points of each org and minute by what counted them. */
  static String ledger(List<Path> files, AuditRange range) {
    return LEDGER.formatted(
        LedgerRows.ACCEPTED,
        LedgerRows.RECEIVED,
        LedgerRows.CLOSED,
        LedgerRows.DROPPED,
        source(files),
        within(range));
  }

  /**
   * Creates a table of that name: for each org and coarse window the points of both tiers, how many
   * series differ, and one of them in words.
   *
   * @param rows in the files
   */
  static List<String> comparison(
      String name, Tiers tiers, List<Path> files, long rows, AuditRange range) {
    int parts = (int) (rows / ROWS_AT_ONCE) + 1;
    List<String> statements = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      String condition =
          parts == 1
              ? within(range)
              : "%s AND abs(series_id %% %d) = %d".formatted(within(range), parts, part);
      String windows = WINDOWS.formatted(differs(), example(), series(tiers, files, condition));
      statements.add(
          (part == 0 ? "CREATE TABLE %s_parts AS %s" : "INSERT INTO %s_parts %s")
              .formatted(name, windows));
    }
    statements.add(WHOLE.formatted(name));
    return statements;
  }

  /**
   * Two tiers to compare.
   *
   * @param fine seconds
   * @param coarse seconds
   * @param sketches whether the bytes of merged sketches are compared, too
   */
  record Tiers(int fine, int coarse, AuditRequest.Sketches sketches) {}

  private static String series(Tiers tiers, List<Path> files, String condition) {
    String sketches =
        switch (tiers.sketches()) {
          case COUNTS -> NO_SKETCHES;
          case BYTES ->
              SKETCHES.formatted(MergeFunctions.MERGE_SKETCHES, tiers.fine(), tiers.coarse());
        };
    return SERIES.formatted(
        tiers.coarse() * 1000L,
        tiers.fine(),
        tiers.coarse(),
        RESIDUE.formatted(MergeFunctions.SUM_RESIDUE),
        MergeFunctions.RESIDUE_PRIME,
        sketches,
        source(files),
        condition);
  }

  /** A rule may store its series in some of the tiers only. */
  private static String differs() {
    String any =
        COMPARED.stream()
            .map("fine_%1$s IS DISTINCT FROM coarse_%1$s"::formatted)
            .reduce((a, b) -> a + " OR " + b)
            .orElseThrow();
    return "(%s) AND NOT (contains(metric, '@') AND (fine_count IS NULL OR coarse_count IS NULL))"
        .formatted(any);
  }

  /** Metric, type and series, and what differs, with its numbers where they mean something. */
  private static String example() {
    StringBuilder text =
        new StringBuilder("metric || ' (' || type || ') series ' || series_id || ': ' || ");
    text.append("concat_ws(', '");
    for (String column : COMPARED) {
      String values =
          column.equals("sum") || column.equals("sketch")
              ? ""
              : " || ' ' || coalesce(fine_%1$s::VARCHAR, 'none') || ' and ' ||"
                  + " coalesce(coarse_%1$s::VARCHAR, 'none')";
      text.append(
          (", CASE WHEN fine_%1$s IS DISTINCT FROM coarse_%1$s THEN '%1$s'" + values + " END")
              .formatted(column));
    }
    return text.append(")").toString();
  }

  /**
   * Points of one org and time by file and by what they are, to find the first epoch. Those that a
   * rule dropped count as if they were stored.
   */
  static String pointsByFile(List<Path> files, String org, AuditRange range) {
    return ("SELECT filename, CASE WHEN tier <> %d THEN tier::VARCHAR WHEN metric = '%s' THEN '10'"
            + " ELSE metric END AS what, CAST(sum(count) AS BIGINT) FROM %s WHERE org = %s AND %s"
            + " AND NOT contains(metric, '@') GROUP BY filename, what")
        .formatted(
            LedgerRows.TIER,
            LedgerRows.DROPPED,
            source(files),
            StoredViews.literal(org),
            within(range));
  }

  private static String source(List<Path> files) {
    return files.isEmpty()
        ? NO_ROWS
        : "read_parquet(%s, hive_partitioning = false, filename = true)"
            .formatted(StoredViews.list(files));
  }

  private static String within(AuditRange range) {
    String from =
        "window_start >= TIMESTAMPTZ '%s'".formatted(Instant.ofEpochMilli(range.fromMs()));
    return range.toMs() == AuditRange.NO_END
        ? from
        : "%s AND window_start < TIMESTAMPTZ '%s'".formatted(from, range.to());
  }
}
