package tidemark.gateway.walls;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * One walk over one tree: every field of every node, by the closed list in {@link TreeShapes}. What
 * it names is collected, and refused if it is on no list. Linear in the tree.
 */
final class TreeWalk {
  /** Of relations and CTEs: nothing that could be a path or a URL. */
  static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Prefixes of names that the engine has for itself. */
  private static final Pattern ENGINE_NAME =
      Pattern.compile("(?:duckdb|pragma|pg|sqlite|information|summary)_.*");

  private static final Set<String> COLLATIONS =
      Set.of("nocase", "noaccent", "nfc", "binary", "c", "posix");

  private final String sql;
  private final WallLists lists;
  private final FunctionCheck functionCheck;
  private final StatementKind kind;

  private final Set<String> relations = new LinkedHashSet<>();
  private final Set<String> columns = new LinkedHashSet<>();
  private final Set<String> functions = new LinkedHashSet<>();
  private final Set<String> ctes = new LinkedHashSet<>();
  private final Set<Long> publicLocations = new TreeSet<>();
  private CteScope scope = CteScope.NONE;
  private long relationCount;
  private int parameterCount;
  private int nodes;
  private int depth;
  private int lambdas;

  /**
   * @param sql whose tree this is, for positions
   * @param parser knows which functions there are
   * @param kind by its first words
   */
  TreeWalk(String sql, WallLists lists, SqlParser parser, StatementKind kind) {
    this.sql = sql;
    this.lists = lists;
    this.functionCheck = new FunctionCheck(sql, lists, parser);
    this.kind = kind;
  }

  /**
   * @param statement of {@link SqlParser#parse}
   * @throws AskException if it names or holds anything that is on no list
   */
  TreeWalk check(JsonNode statement) {
    visit("statement", statement);
    return this;
  }

  CheckedStatement checked(JsonNode statement) {
    return new CheckedStatement(
        kind, sql, relations, columns, functions, ctes, parameterCount, statement, "", "");
  }

  /** Where relations with {@code public.} before them stand, in UTF-8 bytes, ascending. */
  Set<Long> publicLocations() {
    return publicLocations;
  }

  private void visit(String place, JsonNode node) {
    if (node.isArray()) {
      node.forEach(element -> visit(place, element));
      return;
    }
    switch (place) {
      case TreeShapes.LEAF -> checkLeaf(node);
      case TreeShapes.NOTHING -> checkNothing(node);
      case TreeShapes.CAST -> CastTypes.check(node);
      case TreeShapes.DATA -> {}
      default -> {
        if (!node.isNull()) {
          visitNode(place, node);
        }
      }
    }
  }

  private void visitNode(String place, JsonNode node) {
    if (++depth > WallLimits.TREE_DEPTH || ++nodes > WallLimits.TREE_NODES) {
      throw new AskException(
          SqlState.STATEMENT_TOO_COMPLEX,
          depth > WallLimits.TREE_DEPTH
              ? "the statement is nested too deeply, %d levels are allowed"
                  .formatted(WallLimits.TREE_DEPTH)
              : "the statement is too large, %d expressions are allowed"
                  .formatted(WallLimits.TREE_NODES));
    }
    String type = node.path("type").asText("-");
    String name = node.path("class").asText(type);
    Map<String, String> fields = TreeShapes.fields(place, name);
    if (fields.isEmpty() || !TreeShapes.allows(name, type)) {
      throw unknown(place, node, type);
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!fields.containsKey(field)) {
                throw unknown(place, node, type + "." + field);
              }
            });
    boolean isLambda = isLambda(node);
    if (isLambda && ++lambdas > 1) {
      throw refuse(
          SqlState.STATEMENT_TOO_COMPLEX, "a lambda must not be inside of another one", node);
    }
    CteScope outer = scope;
    if (place.equals("query")) {
      visit("ctes", node.path("cte_map"));
    }
    enter(place, name, node);
    fields.forEach(
        (field, inside) -> {
          // CTEs were visited in their order, each before its name counts
          if (node.has(field) && !inside.equals("ctes") && !inside.equals("cte")) {
            visit(inside, node.path(field));
          }
        });
    if (place.equals("query")) {
      scope = outer;
    }
    lambdas -= isLambda ? 1 : 0;
    depth--;
  }

  /** DuckDB parses {@code json -> 'key'} as one, too. */
  private static boolean isLambda(JsonNode node) {
    return node.path("class").asText().equals("LAMBDA")
        && !node.path("expr").path("class").asText().equals("CONSTANT");
  }

  /** What a node means beyond its fields. The fields of CTEs are visited here. */
  private void enter(String place, String name, JsonNode node) {
    switch (place + " " + name) {
      case "query SELECT_NODE" -> checkGroupingSets(node);
      case "table BASE_TABLE" -> enterRelation(node);
      case "table SHOW_REF" -> checkDescription(node);
      case "table JOIN" -> enterJoin(node);
      case "table PIVOT" -> enterPivot(node);
      case "tableFunction FUNCTION" -> functions.add(functionCheck.checkTable(node));
      case "expression FUNCTION" -> functions.add(functionCheck.checkExpression(node));
      case "expression WINDOW" -> functions.add(functionCheck.checkWindow(node));
      case "expression COLUMN_REF" ->
          node.path("column_names").forEach(part -> columns.add(part.asText()));
      case "expression STAR" -> columns.add("*");
      case "expression PARAMETER" -> enterParameter(node);
      case "expression COLLATE" -> checkCollation(node);
      default -> {}
    }
    if (place.equals("ctes")) {
      node.path("map").forEach(this::enterCte);
    }
  }

  private void enterCte(JsonNode cte) {
    String name = cte.path("key").asText();
    String lowerCase = name.toLowerCase(Locale.ROOT);
    if (!PLAIN_NAME.matcher(name).matches() || ENGINE_NAME.matcher(lowerCase).matches()) {
      throw new AskException(
          SqlState.NOT_ALLOWED, "a CTE must have a plain name, got \"%s\"".formatted(name));
    }
    ctes.add(lowerCase);
    if (ctes.size() > WallLimits.CTES) {
      throw new AskException(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a statement may have %d CTEs".formatted(WallLimits.CTES));
    }
    long before = relationCount;
    visit("cte", cte);
    scope = scope.with(lowerCase, relationCount - before);
  }

  private void enterRelation(JsonNode node) {
    String name = node.path("table_name").asText();
    String lowerCase = name.toLowerCase(Locale.ROOT);
    String schema = node.path("schema_name").asText();
    boolean isPublic = schema.equalsIgnoreCase("public");
    boolean isPlain = schema.isEmpty() && scope.has(lowerCase);
    if (!node.path("catalog_name").asText().isEmpty()
        || !(schema.isEmpty() || isPublic)
        || !(isPlain || lists.relations().contains(lowerCase))) {
      throw refuse(
          SqlState.UNDEFINED_TABLE,
          "there is no relation \"%s\", only %s"
              .formatted(
                  schema.isEmpty() ? name : schema + "." + name,
                  String.join(", ", new TreeSet<>(lists.relations()))),
          node);
    }
    if (!isPlain) {
      relations.add(lowerCase);
    }
    if (isPublic && scope.has(lowerCase)) {
      throw refuse(
          SqlState.FEATURE_NOT_SUPPORTED,
          "public.%s is hidden by a CTE of its name, which should be renamed".formatted(name),
          node);
    }
    if (isPublic) {
      publicLocations.add(node.path("query_location").asLong());
    }
    relationCount += isPlain ? Math.max(1, scope.cost(lowerCase)) : 1;
    if (relationCount > WallLimits.RELATIONS) {
      throw refuse(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a statement may name %d relations, those of a CTE each time"
              .formatted(WallLimits.RELATIONS),
          node);
    }
  }

  private void checkDescription(JsonNode node) {
    String type = node.path("show_type").asText();
    boolean isWhole =
        (kind == StatementKind.DESCRIBE || kind == StatementKind.SUMMARIZE) && depth == 3;
    if (!isWhole || !(type.equals("DESCRIBE") || type.equals("SUMMARY"))) {
      throw refuse(
          SqlState.NOT_ALLOWED,
          isWhole
              ? "DESCRIBE and SUMMARIZE take a relation or a query"
              : "DESCRIBE, SUMMARIZE and SHOW stand alone",
          node);
    }
  }

  private void enterJoin(JsonNode node) {
    node.path("using_columns").forEach(column -> columns.add(column.asText()));
    if (node.path("ref_type").asText().equals("NATURAL")) {
      columns.add("*");
    }
  }

  private void enterPivot(JsonNode node) {
    columns.add("*");
    node.path("groups").forEach(column -> columns.add(column.asText()));
    long count = Math.max(1, node.path("aggregates").size());
    for (JsonNode pivot : node.path("pivots")) {
      if (!pivot.path("pivot_enum").asText().isEmpty()) {
        throw refuse(SqlState.NOT_ALLOWED, "a PIVOT must list its values", node);
      }
      count = Math.min(Integer.MAX_VALUE, count * Math.max(1, pivot.path("entries").size()));
    }
    if (count > WallLimits.PIVOT_COLUMNS) {
      throw refuse(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a PIVOT may make %d columns, got %d".formatted(WallLimits.PIVOT_COLUMNS, count),
          node);
    }
  }

  private void enterParameter(JsonNode node) {
    String identifier = node.path("identifier").asText();
    if (!identifier.matches("[1-9][0-9]{0,4}")
        || Integer.parseInt(identifier) > WallLimits.PARAMETERS) {
      throw refuse(
          SqlState.UNDEFINED_PARAMETER,
          "a parameter must be $1 to $%d, got $%s".formatted(WallLimits.PARAMETERS, identifier),
          node);
    }
    parameterCount = Math.max(parameterCount, Integer.parseInt(identifier));
  }

  private void checkGroupingSets(JsonNode node) {
    if (node.path("group_sets").size() > WallLimits.GROUPING_SETS) {
      throw new AskException(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a statement may have %d grouping sets, got %d"
              .formatted(WallLimits.GROUPING_SETS, node.path("group_sets").size()));
    }
  }

  private void checkCollation(JsonNode node) {
    for (String part : node.path("collation").asText().split("\\.", -1)) {
      if (!COLLATIONS.contains(part.toLowerCase(Locale.ROOT))) {
        throw refuse(
            SqlState.UNDEFINED_OBJECT,
            "there is no collation \"%s\", only %s"
                .formatted(part, String.join(", ", new TreeSet<>(COLLATIONS))),
            node);
      }
    }
  }

  private void checkLeaf(JsonNode node) {
    if (node.isObject()) {
      throw new AskException(
          SqlState.FEATURE_NOT_SUPPORTED, "the statement holds what is not known here");
    }
  }

  private void checkNothing(JsonNode node) {
    boolean isNothing =
        node.isNull()
            || (node.isBoolean() && !node.asBoolean())
            || (node.isTextual() && node.asText().isEmpty())
            || (node.isObject() && node.isEmpty());
    if (!isNothing) {
      throw new AskException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "AT, EXPORT_STATE, USING KEY and their like are not allowed");
    }
  }

  private AskException unknown(String place, JsonNode node, String what) {
    String message =
        what.startsWith("RECURSIVE_CTE_NODE")
            ? "WITH RECURSIVE is not allowed for a CTE that names itself"
            : "%s %s is not allowed".formatted(place, what.toLowerCase(Locale.ROOT));
    return refuse(SqlState.FEATURE_NOT_SUPPORTED, message, node);
  }

  private AskException refuse(SqlState state, String message, JsonNode node) {
    return FunctionCheck.refusal(sql, state, message, node);
  }
}
