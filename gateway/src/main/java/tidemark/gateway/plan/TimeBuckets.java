package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Calls of {@code time_bucket} that the engine may count out instead of asking its calendar, which
 * takes it 90 ns a row: a constant width of whole seconds to days, of a time of points, without
 * origin or offset. Both give the same times in UTC.
 *
 * <p>Of one SELECT all such calls or none, for those in GROUP BY must stay equal to those in the
 * select list. None where a result's column is named after the call, or where the column's type is
 * not certain.
 */
final class TimeBuckets {
  private static final String FUNCTION = "time_bucket";
  private static final String TIME = "time";

  private static final long MAX_STEP_SECONDS = 366 * 86_400L;

  private final Set<String> hidden = new TreeSet<>();
  private final List<JsonNode> calls = new ArrayList<>();

  private TimeBuckets() {}

  /** Nodes of the calls, those of one SELECT in one list. */
  static List<List<JsonNode>> of(JsonNode tree) {
    TimeBuckets buckets = new TimeBuckets();
    buckets.collectCtes(tree);
    List<List<JsonNode>> found = new ArrayList<>();
    if (!Statements.any(tree, TimeBuckets::mayMatchOtherwise)) {
      buckets.collect(tree, found);
    }
    return found;
  }

  /** An ORDER BY of a UNION is bound to columns of its parts, and a lambda has names of its own. */
  private static boolean mayMatchOtherwise(JsonNode node) {
    return node.path("class").asText().equals("LAMBDA")
        || (node.path("type").asText().equals("SET_OPERATION_NODE")
            && !node.path("modifiers").isEmpty());
  }

  private void collectCtes(JsonNode node) {
    for (JsonNode entry : node.path("cte_map").path("map")) {
      hidden.add(entry.path("key").asText().toLowerCase(Locale.ROOT));
    }
    node.forEach(this::collectCtes);
  }

  private void collect(JsonNode node, List<List<JsonNode>> found) {
    if (isSelect(node)) {
      ofSelect(node).filter(own -> !own.isEmpty()).ifPresent(found::add);
    }
    node.forEach(child -> collect(child, found));
  }

  private static boolean isSelect(JsonNode node) {
    return node.path("type").asText().equals("SELECT_NODE");
  }

  /** Empty if they must stay as they are. */
  private Optional<List<JsonNode>> ofSelect(JsonNode select) {
    Set<String> tables = new TreeSet<>();
    JsonNode from = select.path("from_table");
    collectTables(from, tables);
    boolean isAlone = from.path("type").asText().equals("BASE_TABLE");
    calls.clear();
    select.forEach(part -> collectCalls(part, tables, isAlone));
    for (JsonNode item : select.path("select_list")) {
      String alias = item.path("alias").asText().toLowerCase(Locale.ROOT);
      boolean isNamedAfterCall = alias.isEmpty() && Statements.any(item, calls::contains);
      boolean isOtherTime = alias.equals(TIME) && !calls.contains(item);
      if (isNamedAfterCall || isOtherTime) {
        return Optional.empty();
      }
    }
    return Optional.of(List.copyOf(calls));
  }

  /** What tables of points are called in this FROM, lower case. */
  private void collectTables(JsonNode from, Set<String> names) {
    String table = from.path("table_name").asText().toLowerCase(Locale.ROOT);
    boolean isPoints = table.equals(Planner.POINTS) || Planner.TIERS.containsKey(table);
    switch (from.path("type").asText()) {
      case "BASE_TABLE" -> {
        if (isPoints && !hidden.contains(table) && from.path("column_name_alias").isEmpty()) {
          String alias = from.path("alias").asText().toLowerCase(Locale.ROOT);
          names.add(alias.isEmpty() ? table : alias);
        }
      }
      case "JOIN" -> {
        collectTables(from.path("left"), names);
        collectTables(from.path("right"), names);
      }
      default -> {
        // columns of what else there is are of any type
      }
    }
  }

  private void collectCalls(JsonNode node, Set<String> tables, boolean isAlone) {
    if (isSelect(node)) {
      return;
    }
    if (isCall(node, tables, isAlone)) {
      calls.add(node);
    }
    node.forEach(child -> collectCalls(child, tables, isAlone));
  }

  private static boolean isCall(JsonNode node, Set<String> tables, boolean isAlone) {
    JsonNode children = node.path("children");
    if (!Statements.isFunction(node)
        || !Statements.functionName(node).equals(FUNCTION)
        || children.size() != 2
        || !Statements.isColumn(children.get(1))) {
      return false;
    }
    JsonNode column = children.get(1);
    String qualifier = Statements.qualifier(column);
    OptionalLong step = Constants.stepSeconds(children.get(0));
    return Statements.columnName(column).equals(TIME)
        && (qualifier.isEmpty() ? isAlone && !tables.isEmpty() : tables.contains(qualifier))
        && step.isPresent()
        && step.getAsLong() <= MAX_STEP_SECONDS;
  }
}
