package tidemark.gateway.query;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.ValueType;

/** The logical tables, as people and tools are told of them. */
public final class Relations {
  /**
   * One of them.
   *
   * @param description one line for people
   */
  public record Relation(String name, String description, List<Column> columns) {}

  private static final List<Column> POINTS =
      List.of(
          new Column("metric", ValueType.TEXT),
          new Column("series_id", ValueType.INT8),
          new Column("type", ValueType.TEXT),
          new Column("time", ValueType.TIMESTAMPTZ),
          new Column("resolution", ValueType.INT4),
          new Column("count", ValueType.INT8),
          new Column("sum", ValueType.FLOAT8),
          new Column("min", ValueType.FLOAT8),
          new Column("max", ValueType.FLOAT8),
          new Column("avg", ValueType.FLOAT8),
          new Column("last", ValueType.FLOAT8),
          new Column("last_at", ValueType.TIMESTAMPTZ),
          new Column("sketch", ValueType.BYTEA),
          new Column("sketch_error", ValueType.FLOAT8),
          new Column("tags", ValueType.JSONB));

  /** In the order in which they are listed. */
  public static final List<Relation> ALL =
      List.of(
          new Relation("points", "a row per series and window, at the best resolution", POINTS),
          new Relation("rollups_10s", "a row per series and 10 s", POINTS),
          new Relation("rollups_1m", "a row per series and minute", POINTS),
          new Relation("rollups_1h", "a row per series and hour", POINTS),
          new Relation(
              "series",
              "what each series is",
              List.of(
                  new Column("metric", ValueType.TEXT),
                  new Column("series_id", ValueType.INT8),
                  new Column("type", ValueType.TEXT),
                  new Column("tags", ValueType.JSONB),
                  new Column("first_seen", ValueType.TIMESTAMPTZ),
                  new Column("last_seen", ValueType.TIMESTAMPTZ))),
          new Relation(
              "metrics",
              "what each metric is, and which tags it has",
              List.of(
                  new Column("metric", ValueType.TEXT),
                  new Column("type", ValueType.TEXT),
                  new Column("series", ValueType.INT8),
                  new Column("tags", ValueType.TEXT_ARRAY),
                  new Column("first_seen", ValueType.TIMESTAMPTZ),
                  new Column("last_seen", ValueType.TIMESTAMPTZ))),
          new Relation(
              LiveViews.RULES, "which rules make coarser series, and when", RulesTable.COLUMNS),
          new Relation(
              LiveViews.MONITORS,
              "which monitors look at what, and how it is",
              MonitorsTable.COLUMNS),
          new Relation(
              LiveViews.VERDICTS, "what monitors said of each window", VerdictTables.VERDICTS),
          new Relation(
              LiveViews.ALERTS, "a row per change of a group's state", VerdictTables.ALERTS),
          new Relation(
              LiveViews.FRESHNESS,
              "how new the data is, and what is still to come",
              List.of(
                  new Column("epoch", ValueType.INT8),
                  new Column("lineage", ValueType.TEXT),
                  new Column("watermark", ValueType.TIMESTAMPTZ),
                  new Column("watermark_kind", ValueType.TEXT),
                  new Column("stored_watermark", ValueType.TIMESTAMPTZ),
                  new Column("hot_rows", ValueType.INT8),
                  new Column("late_pending", ValueType.INT8),
                  new Column("feed", ValueType.TEXT),
                  new Column("feed_lag", ValueType.INT8),
                  new Column("completeness", ValueType.TEXT),
                  new Column("held_by", ValueType.TEXT_ARRAY))));

  private Relations() {}

  static Set<String> names() {
    return ALL.stream().map(Relation::name).collect(Collectors.toUnmodifiableSet());
  }
}
