package tidemark.gateway.dictionary;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts the dictionary of one schema into an empty DuckDB: about 300 statements, once. */
final class DictionaryTables {
  private static final List<String> HELPERS =
      List.of(
          "CREATE TABLE dictionary.settings (name VARCHAR, setting VARCHAR, vartype VARCHAR,"
              + " context VARCHAR, category VARCHAR, short_desc VARCHAR)",
          "CREATE TABLE dictionary.pg_get_keywords (word VARCHAR, catcode VARCHAR,"
              + " barelabel BOOLEAN, catdesc VARCHAR, baredesc VARCHAR)");

  private final Connection connection;

  private DictionaryTables(Connection connection) {
    this.connection = connection;
  }

  static void create(Connection connection, DictionarySchema schema) throws SQLException {
    new DictionaryTables(connection).create(schema);
  }

  private void create(DictionarySchema schema) throws SQLException {
    for (String name : List.of("dictionary", "information", "pg")) {
      execute("CREATE SCHEMA " + name);
    }
    for (String statement : HELPERS) {
      execute(statement);
    }
    Map<String, String> views = views();
    for (SystemRelation relation : SystemRelation.all()) {
      if (!views.containsKey(relation.key())) {
        createTable(relation);
      }
    }
    for (String statement : Resources.statements("rows.sql")) {
      execute(statement);
    }
    Lookup lookup = DictionaryRows.insert(connection, schema);
    addSettings(lookup);
    lookup.register(connection);
    for (String statement : Resources.statements("functions.sql")) {
      execute(statement);
    }
    for (Map.Entry<String, String> view : views.entrySet()) {
      createView(view.getKey(), view.getValue());
    }
  }

  private void addSettings(Lookup lookup) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT lower(name), setting FROM dictionary.settings")) {
      while (rows.next()) {
        lookup.add("setting", rows.getString(1), rows.getString(2));
      }
    }
  }

  /** Queries of {@code views.sql} by the key of their relation. */
  private static Map<String, String> views() {
    Map<String, String> views = new LinkedHashMap<>();
    String key = "";
    for (String line : Resources.lines("views.sql")) {
      if (line.startsWith("-- ")) {
        key = line.substring(3);
      } else {
        views.merge(key, line, (a, b) -> a + "\n" + b);
      }
    }
    return views;
  }

  private void createTable(SystemRelation relation) throws SQLException {
    String columns =
        relation.columns().stream()
            .map(c -> quoted(c.name()) + " " + PostgresTypes.engineType(c.type()) + preset(c))
            .collect(Collectors.joining(", "));
    execute("CREATE TABLE %s (%s)".formatted(engineName(relation), columns));
  }

  /** What a row holds where nobody says anything: nothing has it, nothing is it. */
  private static String preset(SystemRelation.Column column) {
    if (!column.isNotNull()) {
      return "";
    }
    return switch (PostgresTypes.engineType(column.type())) {
      case "BOOLEAN" -> " DEFAULT false";
      case "SMALLINT", "INTEGER", "BIGINT", "UINTEGER", "FLOAT", "DOUBLE" -> " DEFAULT 0";
      case "VARCHAR" -> column.type().equals("regproc") ? " DEFAULT '-'" : " DEFAULT ''";
      default -> "";
    };
  }

  private void createView(String key, String query) throws SQLException {
    int dot = key.indexOf('.');
    SystemRelation relation =
        SystemRelation.of(dot < 0 ? "" : key.substring(0, dot), key.substring(dot + 1))
            .orElseThrow(() -> new IllegalStateException("views.sql names unknown " + key));
    Set<String> given = columnsOf(query);
    String columns =
        relation.columns().stream()
            .map(
                c ->
                    "CAST(%s AS %s) AS %s"
                        .formatted(
                            given.remove(c.name()) ? quoted(c.name()) : "NULL",
                            PostgresTypes.engineType(c.type()),
                            quoted(c.name())))
            .collect(Collectors.joining(", "));
    if (!given.isEmpty()) {
      throw new IllegalStateException("%s has no columns %s".formatted(key, given));
    }
    execute(
        "CREATE VIEW %s AS SELECT %s FROM (%s)".formatted(engineName(relation), columns, query));
  }

  private Set<String> columnsOf(String query) throws SQLException {
    Set<String> names = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("DESCRIBE " + query)) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  private static String engineName(SystemRelation relation) {
    return relation.engineSchema() + "." + quoted(relation.name());
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
