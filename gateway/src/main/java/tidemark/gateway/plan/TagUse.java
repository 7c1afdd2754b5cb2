package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tags that a SELECT over points tells series apart by. Whoever knows no more of series than
 * these tags, their metric and their type gets the same answer from coarser series that have them.
 */
final class TagUse {
  /** Other spellings of {@code tags['host']}. */
  private static final Set<String> OF_MAP =
      Set.of("array_extract", "element_at", "map_extract", "map_extract_value");

  private final Map<String, String> tagKeys;
  private final Set<String> tables;
  private final Set<String> tags = new HashSet<>();
  private boolean isOther;

  private TagUse(Map<String, String> tagKeys, Set<String> tables) {
    this.tagKeys = tagKeys;
    this.tables = tables;
  }

  /**
   * Their keys; empty if series are told apart by more.
   *
   * @param tagKeys of the org, by lower case
   * @param tables names that stand for whole rows
   */
  static Optional<Set<String>> of(
      JsonNode select, Map<String, String> tagKeys, Set<String> tables) {
    TagUse use = new TagUse(tagKeys, tables);
    use.visit(select);
    return use.isOther ? Optional.empty() : Optional.of(Set.copyOf(use.tags));
  }

  private void visit(JsonNode node) {
    Optional<String> key = keyOfMap(node);
    if (key.isPresent()) {
      tags.add(key.get());
      return;
    }
    switch (node.path("class").asText()) {
      case "COLUMN_REF" -> visitColumn(node);
      case "STAR", "SUBQUERY", "POSITIONAL_REFERENCE" -> isOther = true;
      default -> {
        String function = Statements.functionName(node);
        isOther |= function.startsWith("random") || function.contains("uuid");
        node.forEach(this::visit);
      }
    }
  }

  /** The key in {@code tags['key']}; empty if the node is none such. */
  private static Optional<String> keyOfMap(JsonNode node) {
    JsonNode map = node.path("children").path(0);
    boolean isOfMap =
        node.path("type").asText().equals("ARRAY_EXTRACT")
            || OF_MAP.contains(Statements.functionName(node));
    return isOfMap && Statements.isColumn(map) && Statements.columnName(map).equals("tags")
        ? Statements.text(node.path("children").path(1))
        : Optional.empty();
  }

  private void visitColumn(JsonNode column) {
    JsonNode names = column.path("column_names");
    isOther |= names.size() == 1 && tables.contains(Statements.columnName(column));
    for (JsonNode part : names) {
      String name = part.asText().toLowerCase(Locale.ROOT);
      isOther |= name.equals("series_id") || name.equals("tags");
      if (!PointsColumns.isColumn(name) && tagKeys.containsKey(name)) {
        tags.add(tagKeys.get(name));
      }
    }
  }
}
