package tidemark.gateway.dictionary;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What one statement names, by one walk over its tree. */
final class TreeFacts {
  private final String database;
  private final Set<String> ctes = new TreeSet<>();

  /** By the alias or name that columns are qualified with. */
  private final Map<String, SystemRelation> relations = new HashMap<>();

  private final Set<String> unknownRelations = new LinkedHashSet<>();
  private final Set<String> otherRelations = new LinkedHashSet<>();
  private final Set<String> functions = new LinkedHashSet<>();

  TreeFacts(JsonNode tree, String database) {
    this.database = database;
    collectCtes(tree);
    collect(tree);
  }

  private void collectCtes(JsonNode node) {
    node.path("cte_map")
        .path("map")
        .forEach(cte -> ctes.add(cte.path("key").asText().toLowerCase(Locale.ROOT)));
    node.forEach(this::collectCtes);
  }

  private void collect(JsonNode node) {
    if (Nodes.type(node).equals("BASE_TABLE")) {
      collectTable(node);
    } else if (Nodes.isFunction(node) || node.path("class").asText().equals("WINDOW")) {
      functions.add(Nodes.functionName(node).toLowerCase(Locale.ROOT));
    }
    node.forEach(this::collect);
  }

  private void collectTable(JsonNode node) {
    String name = node.path("table_name").asText().toLowerCase(Locale.ROOT);
    Optional<SystemRelation> relation = relationOf(node);
    if (relation.isPresent()) {
      String alias = node.path("alias").asText();
      relations.put(alias.isEmpty() ? name : alias.toLowerCase(Locale.ROOT), relation.get());
    } else if (isOfDictionary(node)) {
      unknownRelations.add(name);
    } else if (!isCte(node)) {
      otherRelations.add(name);
    }
  }

  boolean isCte(JsonNode table) {
    return table.path("schema_name").asText().isEmpty()
        && ctes.contains(table.path("table_name").asText().toLowerCase(Locale.ROOT));
  }

  private boolean isOfDictionary(JsonNode table) {
    String schema = table.path("schema_name").asText();
    return schema.equals("information_schema")
        || (schema.isEmpty() && table.path("table_name").asText().startsWith("pg_"));
  }

  /** What a table of the tree is in the dictionary. */
  Optional<SystemRelation> relationOf(JsonNode table) {
    String catalog = table.path("catalog_name").asText();
    boolean isHere = catalog.isEmpty() || catalog.equals(database);
    return isHere && isOfDictionary(table) && !isCte(table)
        ? SystemRelation.of(table.path("schema_name").asText(), table.path("table_name").asText())
        : Optional.empty();
  }

  Set<String> ctes() {
    return ctes;
  }

  boolean readsDictionary() {
    return !relations.isEmpty() || !unknownRelations.isEmpty();
  }

  /** Named like one of the dictionary, but none. */
  Set<String> unknownRelations() {
    return unknownRelations;
  }

  /** That are not of the dictionary. */
  Set<String> otherRelations() {
    return otherRelations;
  }

  Map<String, SystemRelation> relations() {
    return relations;
  }

  /** In lower case; operators among them. */
  Set<String> functions() {
    return functions;
  }

  /** The PostgreSQL type of a column, if it is one of a relation of the dictionary. */
  Optional<String> typeOf(JsonNode expression) {
    if (!Nodes.isColumn(expression)) {
      return Optional.empty();
    }
    JsonNode names = expression.path("column_names");
    SystemRelation relation =
        names.size() > 1 ? relations.get(names.path(names.size() - 2).asText()) : null;
    return relation != null
        ? relation.typeOf(Nodes.columnName(expression))
        : typeOf(Nodes.columnName(expression));
  }

  /** The same, by the name alone. */
  Optional<String> typeOf(String column) {
    return relations.values().stream()
        .flatMap(relation -> relation.typeOf(column).stream())
        .findFirst();
  }

  /** The relation that an alias stands for; the only one if there is none. */
  Optional<SystemRelation> relationOfColumn(JsonNode column) {
    JsonNode names = column.path("column_names");
    if (names.size() > 1) {
      return Optional.ofNullable(relations.get(names.path(names.size() - 2).asText()));
    }
    return relations.size() == 1 ? relations.values().stream().findFirst() : Optional.empty();
  }
}
