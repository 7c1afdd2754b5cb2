package tidemark.gateway.query;

import java.util.List;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.verdicts.VerdictRows;

/** The tables {@code verdicts} and {@code alerts}, of one org's rows. */
final class VerdictTables {
  static final List<Column> VERDICTS =
      List.of(
          new Column("monitor", ValueType.TEXT),
          new Column("version", ValueType.INT4),
          new Column("tags", ValueType.JSONB),
          new Column("group_name", ValueType.TEXT),
          new Column("window_start", ValueType.TIMESTAMPTZ),
          new Column("window_end", ValueType.TIMESTAMPTZ),
          new Column("status", ValueType.TEXT),
          new Column("value", ValueType.FLOAT8),
          new Column("points", ValueType.INT8),
          new Column("revision", ValueType.INT4),
          new Column("latest", ValueType.BOOL),
          new Column("completeness", ValueType.TEXT),
          new Column("watermark", ValueType.TIMESTAMPTZ),
          new Column("early", ValueType.BOOL),
          new Column("late", ValueType.BOOL),
          new Column("amended", ValueType.BOOL),
          new Column("holding", ValueType.TEXT_ARRAY),
          new Column("offsets", ValueType.JSONB),
          new Column("id", ValueType.TEXT));

  static final List<Column> ALERTS =
      List.of(
          new Column("monitor", ValueType.TEXT),
          new Column("version", ValueType.INT4),
          new Column("tags", ValueType.JSONB),
          new Column("group_name", ValueType.TEXT),
          new Column("window_start", ValueType.TIMESTAMPTZ),
          new Column("window_end", ValueType.TIMESTAMPTZ),
          new Column("status", ValueType.TEXT),
          new Column("before", ValueType.TEXT),
          new Column("value", ValueType.FLOAT8),
          new Column("points", ValueType.INT8),
          new Column("early", ValueType.BOOL),
          new Column("late", ValueType.BOOL),
          new Column("amended", ValueType.BOOL),
          new Column("id", ValueType.TEXT));

  private static final String VERDICTS_VIEW =
      """
      CREATE OR REPLACE TEMP VIEW verdicts AS
      SELECT r.monitor, r.version, r.tags, r.group_name, r.window_start, r.window_end, r.status,
        r.value, r.points, r.revision, r.latest, r.completeness, r.watermark, r.early, r.late,
        r.amended, r.holding, o.offsets, r.id
      FROM %s r LEFT JOIN %s o ON o.number = r.offsets_number
      WHERE r.org = %s""";

  /** An incomplete window is no state; a group's first window comes after a state that was ok. */
  private static final String ALERTS_VIEW =
      """
      CREATE OR REPLACE TEMP VIEW alerts AS
      SELECT monitor, version, tags, group_name, window_start, window_end, status, before, value,
        points, early, late, amended, id
      FROM (
        SELECT r.*, lag(r.status, 1, 'ok') OVER (
          PARTITION BY r.monitor, r.version, r.group_name ORDER BY r.window_end) AS before
        FROM %s r WHERE r.org = %s AND r.latest AND r.status <> 'incomplete')
      WHERE status <> before
      ORDER BY window_end, monitor, version, group_name""";

  private VerdictTables() {}

  static String verdicts(String org) {
    return VERDICTS_VIEW.formatted(VerdictRows.ROWS, VerdictRows.OFFSETS, SqlText.literal(org));
  }

  static String alerts(String org) {
    return ALERTS_VIEW.formatted(VerdictRows.ROWS, SqlText.literal(org));
  }
}
