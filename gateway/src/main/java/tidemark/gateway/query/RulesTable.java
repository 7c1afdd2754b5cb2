package tidemark.gateway.query;

import java.util.List;
import java.util.SortedSet;
import java.util.stream.Collectors;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.rules.KnownRules;
import tidemark.gateway.rules.RuleSpan;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;

/** The table {@code rules}: a row for each version of the org's rules. */
final class RulesTable {
  static final List<Column> COLUMNS =
      List.of(
          new Column("name", ValueType.TEXT),
          new Column("version", ValueType.INT4),
          new Column("metric", ValueType.TEXT),
          new Column("conditions", ValueType.TEXT_ARRAY),
          new Column("keeps", ValueType.TEXT_ARRAY),
          new Column("drops", ValueType.TEXT_ARRAY),
          new Column("types", ValueType.TEXT_ARRAY),
          new Column("tiers", ValueType.INT8_ARRAY),
          new Column("begins", ValueType.TIMESTAMPTZ),
          new Column("ends", ValueType.TIMESTAMPTZ),
          new Column("drops_finer", ValueType.BOOL),
          new Column("max_series", ValueType.INT4),
          new Column("series", ValueType.INT8));

  private static final String NONE =
      """
      SELECT NULL::VARCHAR AS name, NULL::INTEGER AS version, NULL::VARCHAR AS metric,
        NULL::VARCHAR[] AS conditions, NULL::VARCHAR[] AS keeps, NULL::VARCHAR[] AS drops,
        NULL::VARCHAR[] AS types, NULL::BIGINT[] AS tiers, NULL::TIMESTAMPTZ AS begins,
        NULL::TIMESTAMPTZ AS ends, NULL::BOOLEAN AS drops_finer, NULL::INTEGER AS max_series
      WHERE false""";

  /** Of all versions of the name together: a series does not say which made it. */
  private static final String SERIES =
      """
      (SELECT CAST(coalesce(sum(m.series), 0) AS BIGINT) FROM metric_index m
       WHERE m.org = %s AND ends_with(m.metric, concat('@', r.name))
         AND strpos(m.metric, '@') = length(m.metric) - length(r.name)) AS series""";

  private RulesTable() {}

  /**
   * A view of them.
   *
   * @param rules of the org
   */
  static String view(String org, KnownRules rules) {
    String rows =
        rules.spans().isEmpty()
            ? NONE
            : rules.spans().stream()
                .map(RulesTable::row)
                .collect(
                    Collectors.joining(
                        ", ",
                        "SELECT * FROM (VALUES ",
                        ") v(name, version, metric, conditions, keeps, drops, types, tiers, begins,"
                            + " ends, drops_finer, max_series)"));
    return "CREATE OR REPLACE TEMP VIEW rules AS SELECT r.*, %s FROM (%s) r"
        .formatted(SERIES.formatted(SqlText.literal(org)), rows);
  }

  private static String row(RuleSpan span) {
    AggregationRule rule = span.rule();
    boolean isKeeping = rule.choice() == TagChoice.KEEP;
    SortedSet<String> keys = rule.tagKeys();
    return "(%s, %d, %s, %s, %s, %s, %s, %s, %s, %s, %s, %d)"
        .formatted(
            SqlText.literal(rule.name()),
            rule.version(),
            SqlText.literal(rule.filter().metric().text()),
            SqlText.texts(rule.filter().where().stream().map(SqlText::condition).toList()),
            isKeeping ? SqlText.texts(keys) : "NULL::VARCHAR[]",
            isKeeping ? "NULL::VARCHAR[]" : SqlText.texts(keys),
            SqlText.texts(rule.types().stream().map(type -> type.label()).sorted().toList()),
            "%s::BIGINT[]".formatted(rule.tiers()),
            SqlText.time(rule.fromMs()),
            SqlText.time(span.untilMs()),
            rule.dropsFiner(),
            rule.maxSeries());
  }
}
