package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads from the parse tree what a statement asks of points. Whatever it does not recognise with
 * certainty counts as "anything": then more is read, and nothing is answered differently.
 */
final class UseReader {
  private final Statements statements;
  private final Set<String> aggregates;
  private final Map<String, String> tagKeys;

  /**
   * @param aggregates names of the engine's aggregate functions, lower case
   * @param tagKeys of the org, by lower case
   */
  UseReader(Statements statements, Set<String> aggregates, Map<String, String> tagKeys) {
    this.statements = statements;
    this.aggregates = aggregates;
    this.tagKeys = tagKeys;
  }

  /** What the statement asks of a relation that has the columns of points. */
  PointsUse read(JsonNode root, String relation) {
    List<JsonNode> selects = new ArrayList<>();
    int uses = collect(root, relation, selects);
    if (uses != 1 || selects.size() != 1) {
      return PointsUse.ANY;
    }
    JsonNode select = selects.get(0);
    JsonNode from = select.path("from_table");
    JsonNode table = tableIn(from, relation);
    if (!table.path("column_name_alias").isEmpty() || Statements.hasSample(from)) {
      return PointsUse.ANY; // other names, or rows chosen before any condition
    }
    String alias = table.path("alias").asText().toLowerCase(Locale.ROOT);
    boolean isAlone = isTable(from, relation);
    if (alias.isEmpty()) {
      alias = relation;
    }
    Conditions conditions = new Conditions(alias, isAlone, mayBeMissing(from, relation));
    conditions.addAll(select.path("where_clause"));
    MergeCheck check =
        new MergeCheck(statements, aggregates, conditions.recognised, select, alias, isAlone);
    boolean isMergeable = check.isMergeable();
    return new PointsUse(
        conditions.fromMs,
        conditions.toMs,
        Optional.ofNullable(conditions.metrics),
        conditions.series,
        isMergeable,
        isMergeable && check.isTierFree(),
        check.stepSeconds(),
        conditions.resolution,
        Optional.of(new NamedColumns(select, conditions.chosenBy(), alias, relation)),
        isMergeable && isAlone && !conditions.isOfMetricNames()
            ? TagUse.of(select, tagKeys, Set.copyOf(List.of(alias, relation)))
            : Optional.empty());
  }

  /** Counts uses of the relation, and collects the SELECTs that have it in their FROM. */
  private static int collect(JsonNode node, String relation, List<JsonNode> selects) {
    int uses = isTable(node, relation) ? 1 : 0;
    if (node.path("type").asText().equals("SELECT_NODE")
        && tableIn(node.path("from_table"), relation) != null) {
      selects.add(node);
    }
    for (JsonNode child : node) {
      uses += collect(child, relation, selects);
    }
    return uses;
  }

  private static boolean isTable(JsonNode node, String relation) {
    return node.path("type").asText().equals("BASE_TABLE")
        && node.path("table_name").asText().equalsIgnoreCase(relation);
  }

  /** The table in a FROM itself or in its joins, not in subqueries; null if it is not there. */
  private static JsonNode tableIn(JsonNode from, String relation) {
    if (isTable(from, relation)) {
      return from;
    }
    if (!from.path("type").asText().equals("JOIN")) {
      return null;
    }
    JsonNode left = tableIn(from.path("left"), relation);
    return left != null ? left : tableIn(from.path("right"), relation);
  }

  /** Whether an outer join may give rows without one of the table. */
  private static boolean mayBeMissing(JsonNode from, String relation) {
    if (!from.path("type").asText().equals("JOIN")) {
      return false;
    }
    boolean isLeft = tableIn(from.path("left"), relation) != null;
    boolean isMissing =
        switch (from.path("join_type").asText()) {
          case "INNER", "SEMI", "ANTI" -> false;
          case "LEFT" -> !isLeft;
          case "RIGHT" -> isLeft;
          default -> true;
        };
    return isMissing || mayBeMissing(from.path(isLeft ? "left" : "right"), relation);
  }

  /** What the conjuncts of a WHERE say of the table. */
  private final class Conditions {
    private final String alias;
    private final boolean isAlone;
    private final boolean mayBeMissing;
    private final List<JsonNode> recognised = new ArrayList<>();
    private final List<JsonNode> series = new ArrayList<>();
    private final List<JsonNode> ofMetrics = new ArrayList<>();
    private long fromMs = Long.MIN_VALUE;
    private long toMs = Long.MAX_VALUE;
    private List<String> metrics;
    private OptionalInt resolution = OptionalInt.empty();

    Conditions(String alias, boolean isAlone, boolean mayBeMissing) {
      this.alias = alias;
      this.isAlone = isAlone;
      this.mayBeMissing = mayBeMissing;
    }

    void addAll(JsonNode condition) {
      if (condition.path("type").asText().equals("CONJUNCTION_AND")) {
        condition.path("children").forEach(this::addAll);
      } else if (condition.isObject()) {
        add(condition);
      }
    }

    /** Conditions that all rows read do meet, or that say nothing of single series. */
    List<JsonNode> chosenBy() {
      return Stream.of(recognised, series, ofMetrics).flatMap(List::stream).toList();
    }

    /** Whether series are chosen by their metric's name in another way than by being it. */
    boolean isOfMetricNames() {
      return series.stream()
          .anyMatch(condition -> Statements.any(condition, part -> isOwn(part, Set.of("metric"))));
    }

    private void add(JsonNode condition) {
      switch (condition.path("type").asText()) {
        case "COMPARE_EQUAL" ->
            compare(condition.path("left"), condition.path("right"), "=", condition);
        case "COMPARE_GREATERTHANOREQUALTO" ->
            compare(condition.path("left"), condition.path("right"), ">=", condition);
        case "COMPARE_GREATERTHAN" ->
            compare(condition.path("left"), condition.path("right"), ">", condition);
        case "COMPARE_LESSTHANOREQUALTO" ->
            compare(condition.path("left"), condition.path("right"), "<=", condition);
        case "COMPARE_LESSTHAN" ->
            compare(condition.path("left"), condition.path("right"), "<", condition);
        case "COMPARE_BETWEEN" -> {
          if (isOwn(condition.path("input"), PointsColumns.TIMES)) {
            OptionalLong lower = statements.timeMicros(condition.path("lower"));
            OptionalLong upper = statements.timeMicros(condition.path("upper"));
            if (lower.isPresent() && upper.isPresent()) {
              bound(">=", lower.getAsLong());
              bound("<=", upper.getAsLong());
              recognised.add(condition);
            }
          }
        }
        case "COMPARE_IN" -> in(condition);
        default -> ofSeries(condition);
      }
    }

    private void compare(JsonNode left, JsonNode right, String operator, JsonNode condition) {
      if (Statements.isColumn(left)) {
        compareColumn(left, operator, right, condition);
      } else if (Statements.isColumn(right)) {
        compareColumn(right, mirrored(operator), left, condition);
      } else {
        ofSeries(condition);
      }
    }

    private static String mirrored(String operator) {
      return switch (operator) {
        case ">=" -> "<=";
        case ">" -> "<";
        case "<=" -> ">=";
        case "<" -> ">";
        default -> operator;
      };
    }

    private void compareColumn(
        JsonNode column, String operator, JsonNode value, JsonNode condition) {
      if (isOwn(column, PointsColumns.TIMES)) {
        OptionalLong micros = statements.timeMicros(value);
        if (micros.isPresent()) {
          bound(operator, micros.getAsLong());
          recognised.add(condition);
        }
      } else if (isOwn(column, Set.of(PointsColumns.RESOLUTION)) && operator.equals("=")) {
        OptionalLong seconds = statements.wholeNumber(value);
        if (seconds.isPresent() && Pieces.TIERS.contains((int) seconds.getAsLong())) {
          resolution = OptionalInt.of((int) seconds.getAsLong());
          recognised.add(condition);
        }
      } else if (isOwn(column, Set.of("metric"))
          && operator.equals("=")
          && Statements.text(value).isPresent()) {
        only(List.of(Statements.text(value).get()));
        ofMetrics.add(condition);
      } else {
        ofSeries(condition);
      }
    }

    private void in(JsonNode condition) {
      JsonNode children = condition.path("children");
      List<String> values = new ArrayList<>();
      for (int i = 1; i < children.size(); i++) {
        Statements.text(children.get(i)).ifPresent(values::add);
      }
      if (isOwn(children.path(0), Set.of("metric")) && values.size() == children.size() - 1) {
        only(values);
        ofMetrics.add(condition);
      } else {
        ofSeries(condition);
      }
    }

    private void only(List<String> values) {
      if (metrics == null) {
        metrics = values;
      } else {
        metrics = metrics.stream().filter(values::contains).toList();
      }
    }

    /** A window starts at a whole millisecond. */
    private void bound(String operator, long micros) {
      long floor = Math.floorDiv(micros, 1000L);
      long ceil = -Math.floorDiv(-micros, 1000L);
      switch (operator) {
        case ">=" -> fromMs = Math.max(fromMs, ceil);
        case ">" -> fromMs = Math.max(fromMs, floor + 1);
        case "<" -> toMs = Math.min(toMs, ceil);
        case "<=" -> toMs = Math.min(toMs, floor + 1);
        default -> {
          fromMs = Math.max(fromMs, ceil);
          toMs = Math.min(toMs, floor + 1);
        }
      }
    }

    /**
     * Notes a condition that only looks at what tells series apart. One that a missing row may meet
     * must see the join first; those of times and metrics are never met by one.
     */
    private void ofSeries(JsonNode condition) {
      if (mayBeMissing) {
        return;
      }
      boolean isOther =
          Statements.any(
              condition,
              part -> {
                String kind = part.path("class").asText();
                return kind.equals("SUBQUERY")
                    || kind.equals("PARAMETER")
                    || kind.equals("WINDOW")
                    || (Statements.isFunction(part)
                        && (aggregates.contains(Statements.functionName(part))
                            || Statements.functionName(part).startsWith("random")))
                    || (Statements.isColumn(part) && !isOfSeries(part));
              });
      if (!isOther && Statements.any(condition, Statements::isColumn)) {
        series.add(condition);
      }
    }

    private boolean isOfSeries(JsonNode column) {
      String name = Statements.columnName(column);
      return isOwn(column, PointsColumns.SERIES)
          || (!PointsColumns.isColumn(name)
              && tagKeys.containsKey(name)
              && isOwn(column, Set.of(name)));
    }

    private boolean isOwn(JsonNode column, Set<String> names) {
      if (!Statements.isColumn(column) || !names.contains(Statements.columnName(column))) {
        return false;
      }
      String qualifier = Statements.qualifier(column);
      return qualifier.equals(alias) || (qualifier.isEmpty() && isAlone);
    }
  }
}
