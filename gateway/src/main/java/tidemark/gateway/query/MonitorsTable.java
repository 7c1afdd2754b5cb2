package tidemark.gateway.query;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.rules.MonitorSpan;
import tidemark.gateway.verdicts.VerdictRows;
import tidemark.serde.definition.MeasureText;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.Thresholds;

/**
 * The table {@code monitors}: a row for each version of the org's monitors, and what its groups are
 * now. A group counts as long as it is judged at each step: for five minutes it may be behind the
 * others.
 */
final class MonitorsTable {
  static final List<Column> COLUMNS =
      List.of(
          new Column("name", ValueType.TEXT),
          new Column("version", ValueType.INT4),
          new Column("metric", ValueType.TEXT),
          new Column("conditions", ValueType.TEXT_ARRAY),
          new Column("type", ValueType.TEXT),
          new Column("group_by", ValueType.TEXT_ARRAY),
          new Column("measure", ValueType.TEXT),
          new Column("window_seconds", ValueType.INT8),
          new Column("step_seconds", ValueType.INT8),
          new Column("side", ValueType.TEXT),
          new Column("alert", ValueType.FLOAT8),
          new Column("warn", ValueType.FLOAT8),
          new Column("alert_recovery", ValueType.FLOAT8),
          new Column("warn_recovery", ValueType.FLOAT8),
          new Column("no_data", ValueType.TEXT),
          new Column("new_group_delay_seconds", ValueType.FLOAT8),
          new Column("forget_group_seconds", ValueType.FLOAT8),
          new Column("max_groups", ValueType.INT4),
          new Column("begins", ValueType.TIMESTAMPTZ),
          new Column("ends", ValueType.TIMESTAMPTZ),
          new Column("judged_to", ValueType.TIMESTAMPTZ),
          new Column("groups_known", ValueType.INT8),
          new Column("groups_alert", ValueType.INT8),
          new Column("groups_warn", ValueType.INT8),
          new Column("groups_no_data", ValueType.INT8));

  /** A row of nothing in front gives all columns their types where there is no monitor. */
  private static final String NONE =
      """
      (NULL::VARCHAR, NULL::INTEGER, NULL::VARCHAR, NULL::VARCHAR[], NULL::VARCHAR,
        NULL::VARCHAR[], NULL::VARCHAR, NULL::BIGINT, NULL::BIGINT, NULL::VARCHAR, NULL::DOUBLE,
        NULL::DOUBLE, NULL::DOUBLE, NULL::DOUBLE, NULL::VARCHAR, NULL::DOUBLE, NULL::DOUBLE,
        NULL::INTEGER, NULL::TIMESTAMPTZ, NULL::TIMESTAMPTZ)""";

  private static final String VIEW =
      """
      CREATE OR REPLACE TEMP VIEW monitors AS
      SELECT m.*, max(g.told_to) AS judged_to,
        count(*) FILTER (WHERE g.is_known) AS groups_known,
        count(*) FILTER (WHERE g.is_known AND g.status = 'alert') AS groups_alert,
        count(*) FILTER (WHERE g.is_known AND g.status = 'warn') AS groups_warn,
        count(*) FILTER (WHERE g.is_known AND g.status = 'no_data') AS groups_no_data
      FROM (
        SELECT * FROM (VALUES %1$s) v(name, version, metric, conditions, type, group_by, measure,
          window_seconds, step_seconds, side, alert, warn, alert_recovery, warn_recovery, no_data,
          new_group_delay_seconds, forget_group_seconds, max_groups, begins, ends)
        WHERE name IS NOT NULL) m
      LEFT JOIN (
        SELECT s.monitor, s.version AS of_version, s.told_to, s.status,
          s.told_to + to_seconds(v.step) + INTERVAL 5 MINUTES
            >= max(s.told_to) OVER (PARTITION BY s.monitor, s.version) AS is_known
        FROM (
          SELECT r.monitor, r.version, r.group_name, max(r.window_end) AS told_to,
            arg_max(r.status, r.window_end) FILTER (WHERE r.status <> 'incomplete') AS status
          FROM %2$s r WHERE r.org = %3$s AND r.latest
          GROUP BY r.monitor, r.version, r.group_name) s
        JOIN (VALUES %4$s) v(name, version, step) ON v.name = s.monitor AND v.version = s.version) g
      ON g.monitor = m.name AND g.of_version = m.version
      GROUP BY ALL
      ORDER BY m.name, m.version""";

  private MonitorsTable() {}

  /**
   * A view of them.
   *
   * @param monitors of the org
   */
  static String view(String org, List<MonitorSpan> monitors) {
    String rows =
        monitors.stream().map(span -> ", " + row(span)).collect(Collectors.joining("", NONE, ""));
    String steps =
        monitors.stream()
            .map(MonitorSpan::monitor)
            .map(
                each ->
                    ", (%s, %d, %d::BIGINT)"
                        .formatted(
                            SqlText.literal(each.name()), each.version(), each.stepMs() / 1000))
            .collect(Collectors.joining("", "(NULL::VARCHAR, NULL::INTEGER, NULL::BIGINT)", ""));
    return VIEW.formatted(rows, VerdictRows.ROWS, SqlText.literal(org), steps);
  }

  private static String row(MonitorSpan span) {
    Monitor monitor = span.monitor();
    Thresholds thresholds = monitor.thresholds();
    List<String> values =
        List.of(
            SqlText.literal(monitor.name()),
            Integer.toString(monitor.version()),
            SqlText.literal(monitor.filter().metric().text()),
            SqlText.texts(monitor.filter().where().stream().map(SqlText::condition).toList()),
            SqlText.literal(monitor.type().label()),
            SqlText.texts(monitor.groupBy()),
            SqlText.literal(MeasureText.of(monitor.measure())),
            monitor.windowMs() / 1000 + "::BIGINT",
            monitor.stepMs() / 1000 + "::BIGINT",
            word(thresholds.side()),
            SqlText.number(thresholds.alert()),
            SqlText.number(thresholds.warn()),
            SqlText.number(thresholds.alertRecovery()),
            SqlText.number(thresholds.warnRecovery()),
            word(monitor.noData()),
            SqlText.number(monitor.newGroupDelayMs() / 1000.0),
            SqlText.number(monitor.forgetGroupMs() / 1000.0),
            Integer.toString(monitor.maxGroups()),
            SqlText.time(monitor.fromMs()),
            SqlText.time(span.untilMs()));
    return values.stream().collect(Collectors.joining(", ", "(", ")"));
  }

  private static String word(Enum<?> value) {
    return SqlText.literal(value.name().toLowerCase(Locale.ROOT));
  }
}
