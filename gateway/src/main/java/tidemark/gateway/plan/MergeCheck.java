package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Whether a SELECT over points gives the same answer from partial rows, and from coarser windows.
 *
 * <p>It does if every value column stands inside an aggregate that merges it ({@code sum(sum)},
 * {@code max(max)}, {@code percentile(sketch, q)}, ...), if no aggregate counts rows, and, for
 * coarser windows, if time stands nowhere but in recognised bounds and in rounding to a step.
 */
final class MergeCheck {
  private static final Map<String, Set<String>> MERGING =
      Map.of(
          "sum", Set.of("sum", "count"),
          "min", Set.of("min"),
          "max", Set.of("max", "sketch_error"),
          "percentile", Set.of("sketch"),
          "merge_sketch", Set.of("sketch"),
          "count_below", Set.of("sketch"),
          "count_above", Set.of("sketch"));

  /** Those of them that take a second argument; the others would mean something else with one. */
  private static final Set<String> WITH_ARGUMENT =
      Set.of("percentile", "count_below", "count_above");

  /** Aggregates of keys that do not mind a row that is there twice. */
  private static final Set<String> IDEMPOTENT =
      Set.of("min", "max", "any_value", "bool_and", "bool_or", "approx_count_distinct");

  private static final Map<String, Long> TRUNCATED =
      Map.of(
          "minute", 60L, "hour", 3600L, "day", 86400L, "week", 86400L, "month", 86400L, "quarter",
          86400L, "year", 86400L);

  private final Statements statements;
  private final Set<String> aggregates;
  private final List<JsonNode> recognised;
  private final JsonNode select;
  private final String alias;
  private final boolean isAlone;
  private final Set<String> outputNames = new HashSet<>();
  private boolean isMergeable = true;
  private boolean isTierFree = true;
  private boolean isGrouped;
  private long stepSeconds;

  MergeCheck(
      Statements statements,
      Set<String> aggregates,
      List<JsonNode> recognised,
      JsonNode select,
      String alias,
      boolean isAlone) {
    this.statements = statements;
    this.alias = alias;
    this.aggregates = aggregates;
    this.recognised = recognised;
    this.select = select;
    this.isAlone = isAlone;
    look();
  }

  boolean isMergeable() {
    return isMergeable && isGrouped;
  }

  boolean isTierFree() {
    return isTierFree;
  }

  long stepSeconds() {
    return stepSeconds;
  }

  private void look() {
    if (!isAlone) {
      lookAtJoin(select.path("from_table"));
    }
    isGrouped =
        !select.path("group_expressions").isEmpty()
            || select.path("aggregate_handling").asText().equals("FORCE_AGGREGATES");
    lookAtWhere(select.path("where_clause"));
    select.path("select_list").forEach(this::visit);
    select.path("group_expressions").forEach(this::visit);
    visit(select.path("having"));
    visit(select.path("qualify"));
    if (!select.path("sample").isNull()) {
      isMergeable = false;
    }
    for (JsonNode item : select.path("select_list")) {
      outputNames.add(item.path("alias").asText().toLowerCase(Locale.ROOT));
    }
    select.path("modifiers").forEach(this::lookAtModifier);
  }

  private void lookAtJoin(JsonNode from) {
    for (JsonNode column : from.path("using_columns")) {
      String name = column.asText().toLowerCase(Locale.ROOT);
      isMergeable &= !PointsColumns.VALUES.contains(name);
      isTierFree &= !isOfTime(name);
    }
    visit(from.path("condition"));
    for (JsonNode side : List.of(from.path("left"), from.path("right"))) {
      switch (side.path("type").asText()) {
        case "JOIN" -> lookAtJoin(side);
        case "BASE_TABLE" -> {
          // names no column
        }
        default -> isMergeable &= !Statements.any(side, this::mayBeOwnValue);
      }
    }
    // natural and as-of joins name their columns nowhere
    if (from.has("ref_type") && !from.path("ref_type").asText().equals("REGULAR")) {
      isMergeable = false;
    }
  }

  /** A column in a part of the FROM that can see the rows themselves. */
  private boolean mayBeOwnValue(JsonNode node) {
    if (!Statements.isColumn(node)) {
      return false;
    }
    String name = Statements.columnName(node);
    String qualifier = Statements.qualifier(node);
    return qualifier.equals(alias)
        || (qualifier.isEmpty() && (PointsColumns.VALUES.contains(name) || isOfTime(name)));
  }

  private void lookAtWhere(JsonNode condition) {
    if (condition.path("type").asText().equals("CONJUNCTION_AND")) {
      condition.path("children").forEach(this::lookAtWhere);
    } else if (!recognised.contains(condition)) {
      visit(condition);
    }
  }

  private void lookAtModifier(JsonNode modifier) {
    switch (modifier.path("type").asText()) {
      case "DISTINCT_MODIFIER" -> {
        isGrouped = true;
        modifier.path("distinct_on_targets").forEach(this::visit);
      }
      case "ORDER_MODIFIER" -> {
        for (JsonNode order : modifier.path("orders")) {
          JsonNode expression = order.path("expression");
          boolean isOutput =
              Statements.isColumn(expression)
                  && Statements.qualifier(expression).isEmpty()
                  && outputNames.contains(Statements.columnName(expression));
          if (!isOutput) {
            visit(expression);
          }
        }
      }
      case "LIMIT_MODIFIER" -> {
        // how many, not of what
      }
      default -> isMergeable = false;
    }
  }

  private void visit(JsonNode node) {
    switch (node.path("class").asText()) {
      case "COLUMN_REF" -> visitColumn(Statements.columnName(node));
      case "STAR", "SUBQUERY", "POSITIONAL_REFERENCE" -> isMergeable = false;
      case "FUNCTION" -> visitFunction(node);
      case "WINDOW" -> {
        // without groups it counts rows
        isMergeable &= !select.path("group_expressions").isEmpty();
        node.forEach(this::visit);
      }
      default -> node.forEach(this::visit);
    }
  }

  /** A table's name stands for its whole row. */
  private void visitColumn(String name) {
    isMergeable &= !PointsColumns.VALUES.contains(name) && !name.equals(alias);
    isTierFree &= !isOfTime(name);
  }

  private static boolean isOfTime(String name) {
    return PointsColumns.TIMES.contains(name) || name.equals(PointsColumns.RESOLUTION);
  }

  private void visitFunction(JsonNode function) {
    String name = Statements.functionName(function);
    JsonNode children = function.path("children");
    boolean isShort = Rewrite.isShort(name, children.size());
    if (isShort || isMerging(name, function, children)) {
      isGrouped = true;
      for (int i = isShort ? 0 : 1; i < children.size(); i++) {
        visit(children.get(i));
      }
      visit(function.path("filter"));
      return;
    }
    OptionalLong step = step(name, children);
    if (step.isPresent()) {
      stepSeconds = gcd(stepSeconds, step.getAsLong());
      return;
    }
    if (aggregates.contains(name)) {
      isGrouped = true;
      boolean isIdempotent = IDEMPOTENT.contains(name) && children.size() == 1;
      isMergeable &= isIdempotent || function.path("distinct").asBoolean();
    }
    function.forEach(this::visit);
  }

  private boolean isMerging(String name, JsonNode function, JsonNode children) {
    JsonNode column = children.path(0);
    return MERGING.containsKey(name)
        && children.size() == (WITH_ARGUMENT.contains(name) ? 2 : 1)
        && !function.path("distinct").asBoolean()
        && Statements.isColumn(column)
        && MERGING.get(name).contains(Statements.columnName(column))
        && (Statements.qualifier(column).equals(alias)
            || (isAlone && Statements.qualifier(column).isEmpty()));
  }

  /** Seconds of the step that the function rounds time down to; empty if it does not. */
  private OptionalLong step(String name, JsonNode children) {
    if (name.equals("time_bucket") && children.size() == 2 && isTime(children.get(1))) {
      return statements.stepSeconds(children.get(0));
    }
    if ((name.equals("date_trunc") || name.equals("datetrunc")) && isTime(children.path(1))) {
      Long seconds =
          Statements.text(children.path(0))
              .map(unit -> TRUNCATED.get(unit.toLowerCase(Locale.ROOT)))
              .orElse(null);
      return seconds == null ? OptionalLong.empty() : OptionalLong.of(seconds);
    }
    if (name.equals("floor") && Statements.isFunction(children.path(0))) {
      JsonNode quotient = children.path(0);
      JsonNode parts = quotient.path("children");
      if (Statements.functionName(quotient).equals("/") && isEpochOfTime(parts.path(0))) {
        OptionalLong seconds = statements.wholeNumber(parts.path(1));
        return seconds.isPresent() && seconds.getAsLong() > 0 ? seconds : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  private static boolean isEpochOfTime(JsonNode node) {
    String name = Statements.functionName(node);
    JsonNode children = node.path("children");
    return (name.equals("epoch") && isTime(children.path(0)))
        || (name.equals("date_part")
            && Statements.text(children.path(0)).filter("epoch"::equalsIgnoreCase).isPresent()
            && isTime(children.path(1)));
  }

  private static boolean isTime(JsonNode node) {
    return Statements.isColumn(node) && PointsColumns.TIMES.contains(Statements.columnName(node));
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
