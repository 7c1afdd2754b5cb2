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
  /** What the parser makes of {@code tags['host']}, and its other spellings. */
  private static final Set<String> OF_MAP = Set.of("array_extract", "element_at", "map_extract");

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
    switch (node.path("class").asText()) {
      case "COLUMN_REF" -> visitColumn(node);
      case "STAR", "SUBQUERY", "POSITIONAL_REFERENCE" -> isOther = true;
      case "FUNCTION" -> {
        String name = Statements.functionName(node);
        JsonNode children = node.path("children");
        Optional<String> key = Statements.text(children.path(1));
        if (OF_MAP.contains(name) && isTags(children.path(0)) && key.isPresent()) {
          tags.add(key.get());
          return;
        }
        isOther |= name.startsWith("random") || name.contains("uuid");
        node.forEach(this::visit);
      }
      default -> node.forEach(this::visit);
    }
  }

  private static boolean isTags(JsonNode node) {
    return Statements.isColumn(node) && Statements.columnName(node).equals("tags");
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
