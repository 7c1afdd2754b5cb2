package tidemark.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.gateway.StoredViews.View;

/**
 * Decides what may run, on the parse tree, before a statement reaches the engine that has data.
 *
 * <p>Allowed: one SELECT, WITH, VALUES, FROM, SHOW TABLES, DESCRIBE or SUMMARIZE, or EXPLAIN of
 * one, over our views, its own CTEs and a few table functions that touch no file. The tree comes
 * from DuckDB's own parser ({@code json_serialize_sql} takes nothing but SELECT), in an instance of
 * its own that holds nothing and may open nothing. About 1 ms per statement. Not thread-safe.
 */
final class StatementCheck implements AutoCloseable {
  private static final Set<String> TABLE_FUNCTIONS = Set.of("range", "generate_series", "unnest");
  private static final Pattern EXPLAIN =
      Pattern.compile(
          "\\A(?:\\s|--[^\\n]*(?:\\n|\\z)|/\\*.*?\\*/)*+(explain(?:\\s+analyze)?)\\b",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Map<String, View> VIEWS = viewsByName();
  private static final String ONLY =
      "only SELECT, WITH, VALUES, SHOW TABLES, DESCRIBE, SUMMARIZE and EXPLAIN are allowed";

  private final ObjectMapper json = new ObjectMapper();
  private final Connection parser;
  private final PreparedStatement serialize;

  /**
   * A statement that may run.
   *
   * @param views what it reads
   * @param isShowTables answered from {@link View}, without the engine
   */
  record Checked(String sql, Set<View> views, boolean isShowTables) {}

  StatementCheck() {
    try {
      parser = DriverManager.getConnection("jdbc:duckdb:");
      QueryEngine.lock(parser);
      serialize = parser.prepareStatement("SELECT json_serialize_sql(CAST(? AS VARCHAR))");
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not start", e);
    }
  }

  /**
   * @throws GatewayException if the statement may not run, or is none
   */
  Checked check(String sql) {
    if (sql.indexOf('\0') >= 0) {
      throw new GatewayException("a statement must not contain NUL characters");
    }
    Matcher explain = EXPLAIN.matcher(sql);
    if (explain.find()) {
      String explained = sql.substring(explain.end(1));
      Checked inner = check(explained);
      if (inner.isShowTables() || EXPLAIN.matcher(explained).find()) {
        throw new GatewayException("EXPLAIN takes a query");
      }
      return new Checked(explain.group(1) + " " + explained, inner.views(), false);
    }
    Tree tree = new Tree(sql);
    tree.visit(parse(sql));
    return new Checked(sql, tree.views, tree.isShowTables);
  }

  private JsonNode parse(String sql) {
    JsonNode tree;
    try {
      serialize.setString(1, sql);
      try (ResultSet row = serialize.executeQuery()) {
        row.next();
        tree = json.readTree(row.getString(1));
      }
    } catch (SQLException e) {
      throw new GatewayException(QueryEngine.messageOf(e), e);
    } catch (JsonProcessingException e) {
      throw new GatewayException("the statement is nested too deeply", e);
    }
    if (tree.path("error").asBoolean()) {
      throw refusal(sql, tree);
    }
    int statements = tree.path("statements").size();
    if (statements != 1) {
      throw new GatewayException("one statement at a time, got " + statements);
    }
    return tree;
  }

  private static GatewayException refusal(String sql, JsonNode error) {
    if (error.path("error_type").asText().equals("not implemented")) {
      return new GatewayException(ONLY);
    }
    String message = error.path("error_message").asText();
    return new GatewayException(
        error.has("position")
            ? message + "\n" + TextPosition.show(sql, error.path("position").asInt())
            : message);
  }

  private static Map<String, View> viewsByName() {
    Map<String, View> views = new TreeMap<>();
    for (View view : View.values()) {
      views.put(view.sqlName(), view);
    }
    return views;
  }

  /** One walk over one tree: what it names, and whether it may. */
  private static final class Tree {
    private final String sql;
    private final Set<View> views = EnumSet.noneOf(View.class);
    private final Set<String> ctes = new HashSet<>();
    private boolean isShowTables;

    Tree(String sql) {
      this.sql = sql;
    }

    void visit(JsonNode root) {
      collectCtes(root);
      visitNode(root);
    }

    private void collectCtes(JsonNode node) {
      node.path("cte_map").path("map").forEach(cte -> ctes.add(cteName(cte)));
      node.forEach(this::collectCtes);
    }

    /** A name that could be a path must not become a table by also being a CTE elsewhere. */
    private String cteName(JsonNode cte) {
      String name = cte.path("key").asText();
      if (!PLAIN_NAME.matcher(name).matches()) {
        throw new GatewayException("a CTE must have a plain name, got \"" + name + "\"");
      }
      return name.toLowerCase(Locale.ROOT);
    }

    private void visitNode(JsonNode node) {
      switch (node.path("type").asText()) {
        case "BASE_TABLE" -> visitTable(node);
        case "TABLE_FUNCTION" -> visitTableFunction(node);
        case "SHOW_REF" -> visitShow(node);
        default -> {}
      }
      node.forEach(this::visitNode);
    }

    private void visitTable(JsonNode node) {
      String name = node.path("table_name").asText().toLowerCase(Locale.ROOT);
      boolean isQualified =
          !node.path("schema_name").asText().isEmpty()
              || !node.path("catalog_name").asText().isEmpty();
      View view = VIEWS.get(name);
      if (isQualified || (view == null && !ctes.contains(name))) {
        throw new GatewayException(
            "there is no table %s, only %s\n%s"
                .formatted(
                    node.path("table_name").asText(),
                    String.join(", ", VIEWS.keySet()),
                    TextPosition.show(sql, node.path("query_location").asLong())));
      }
      if (view != null) {
        views.add(view);
      }
    }

    private void visitTableFunction(JsonNode node) {
      String name = node.path("function").path("function_name").asText();
      if (!TABLE_FUNCTIONS.contains(name.toLowerCase(Locale.ROOT))) {
        throw new GatewayException(
            "table function %s is not allowed, only %s\n%s"
                .formatted(
                    name,
                    String.join(", ", TABLE_FUNCTIONS.stream().sorted().toList()),
                    TextPosition.show(sql, node.path("query_location").asLong())));
      }
    }

    private void visitShow(JsonNode node) {
      String type = node.path("show_type").asText();
      if (type.equals("DESCRIBE") || type.equals("SUMMARY")) {
        return;
      }
      isShowTables = node.path("table_name").asText().equals("\"tables\"");
      if (!isShowTables) {
        throw new GatewayException("SHOW takes TABLES or the name of a table");
      }
    }
  }

  @Override
  public void close() {
    try {
      serialize.close();
      parser.close();
    } catch (SQLException e) {
      throw new IllegalStateException("DuckDB did not close", e);
    }
  }
}
