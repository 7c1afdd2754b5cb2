package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tidemark.gateway.scan.ScanColumn;

/**
 * The columns that a SELECT over points names, but for those in conditions that its rows were
 * chosen by: what must still be told apart when rows are merged, and what must be merged.
 *
 * <p>Names that belong to something else in the statement count, too: then more is told apart than
 * needed.
 */
final class NamedColumns {
  private static final Map<String, Set<ScanColumn>> OF_COLUMN =
      Map.of(
          "count", Set.of(ScanColumn.COUNT),
          "sum", Set.of(ScanColumn.SUM),
          "avg", Set.of(ScanColumn.SUM, ScanColumn.COUNT),
          "min", Set.of(ScanColumn.MIN),
          "max", Set.of(ScanColumn.MAX),
          "last", Set.of(ScanColumn.LAST),
          "last_at", Set.of(ScanColumn.LAST),
          "sketch", Set.of(ScanColumn.SKETCH),
          "sketch_error", Set.of(ScanColumn.SKETCH_ERROR));

  private static final Map<String, Set<ScanColumn>> OF_SHORT_FORM =
      Map.of(
          "average", Set.of(ScanColumn.SUM, ScanColumn.COUNT),
          "newest", Set.of(ScanColumn.LAST),
          "rate", Set.of(ScanColumn.SUM),
          "percentile", Set.of(ScanColumn.SKETCH),
          "count_below", Set.of(ScanColumn.SKETCH),
          "count_above", Set.of(ScanColumn.SKETCH));

  /** Name columns without their names. */
  private static final Set<String> BY_PLACE = Set.of("STAR", "POSITIONAL_REFERENCE");

  private final Set<JsonNode> left = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<String> names = new TreeSet<>();
  private final Set<ScanColumn> values = EnumSet.noneOf(ScanColumn.class);
  private final String alias;
  private final String relation;
  private boolean isAnything;

  /**
   * @param left conditions that are left out
   */
  NamedColumns(JsonNode select, List<JsonNode> left, String alias, String relation) {
    this.left.addAll(left);
    this.alias = alias;
    this.relation = relation;
    visit(select);
  }

  /** Whether what tells series apart must stay: their id, or all of their tags, is named. */
  boolean namesSeries() {
    return isAnything || names.contains("series_id") || names.contains("tags");
  }

  /** Those of the names that are in the set. */
  List<String> among(Set<String> columns) {
    return names.stream().filter(columns::contains).toList();
  }

  /** Values to merge. */
  Set<ScanColumn> values() {
    return isAnything ? EnumSet.allOf(ScanColumn.class) : values;
  }

  private void visit(JsonNode node) {
    if (left.contains(node)) {
      return;
    }
    if (Statements.isColumn(node)) {
      node.path("column_names").forEach(part -> add(part.asText()));
      // a table's name alone stands for its whole row
      isAnything |= node.path("column_names").size() == 1 && isTable(Statements.columnName(node));
    } else if (BY_PLACE.contains(node.path("class").asText())) {
      isAnything = true;
    } else if (Statements.isFunction(node)) {
      String name = Statements.functionName(node);
      if (Rewrite.isShort(name, node.path("children").size())) {
        values.addAll(OF_SHORT_FORM.getOrDefault(name, Set.of()));
      }
    } else if (node.has("ref_type") && !node.path("ref_type").asText().equals("REGULAR")) {
      isAnything = true; // natural and as-of joins name their columns nowhere
    }
    node.path("using_columns").forEach(name -> add(name.asText()));
    node.forEach(this::visit);
  }

  private boolean isTable(String name) {
    return name.equals(alias) || name.equals(relation);
  }

  private void add(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    names.add(lower);
    values.addAll(OF_COLUMN.getOrDefault(lower, Set.of()));
  }
}
