package tidemark.gateway.dictionary;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/** Fills the tables that tell about relations, columns, types and functions. */
final class DictionaryRows {
  private static final long PG_CATALOG = 11;
  private static final long PUBLIC = 2200;
  private static final long INFORMATION_SCHEMA = 13207;

  /** Of whoever asks; the only role that there is to them. */
  private static final long OWNER = 10;

  private static final long PG_CLASS = 1259;
  private static final long PG_TYPE = 1247;
  private static final long PG_PROC = 1255;
  private static final long PG_NAMESPACE = 2615;
  private static final long HEAP = 2;
  private static final long DATABASE = 16384;

  /** The first object id that PostgreSQL gives to users. */
  private static final long FIRST_RELATION = 16385;

  private static final long FIRST_FUNCTION = 32768;

  private static final String VIEW_DEFINITION =
      "-- answered by Tidemark; it has no definition in SQL";

  private static final Map<String, String> SCHEMAS =
      Map.of(
          "pg_catalog", "system catalog schema",
          "public", "what may be asked",
          "information_schema", "the same, as the SQL standard has it");

  private final Connection connection;
  private final PostgresTypes types = PostgresTypes.all();
  private final Map<String, List<Map<String, Object>>> tables = new LinkedHashMap<>();

  private final Lookup lookup = new Lookup();

  private DictionaryRows(Connection connection) {
    this.connection = connection;
  }

  /**
   * @return names of what was inserted
   */
  static Lookup insert(Connection connection, DictionarySchema schema) throws SQLException {
    DictionaryRows rows = new DictionaryRows(connection);
    rows.addDatabase(schema.database());
    rows.addTypes();
    SystemRelation.all().forEach(rows::addSystemRelation);
    rows.addRelations(schema.relations());
    rows.addFunctions(schema.functions());
    rows.write();
    return rows.lookup;
  }

  private Row add(String table) {
    Row row = new Row();
    tables.computeIfAbsent(table, name -> new ArrayList<>()).add(row.values);
    return row;
  }

  /** One row by the names of its columns. */
  private static final class Row {
    private final Map<String, Object> values = new LinkedHashMap<>();

    Row with(String column, Object value) {
      values.put(column, value);
      return this;
    }
  }

  private void addDatabase(String name) {
    lookup.add("database", "", name);
    lookup.add("started", "", Instant.now().toString());
    Map.of("pg_catalog", PG_CATALOG, "public", PUBLIC, "information_schema", INFORMATION_SCHEMA)
        .forEach(
            (schema, oid) -> {
              lookup.add("schema", schema, oid);
              lookup.add("schema label", oid, schema);
              addDescription(oid, PG_NAMESPACE, 0, SCHEMAS.get(schema));
            });
    add("pg_database")
        .with("oid", DATABASE)
        .with("datname", name)
        .with("datdba", OWNER)
        .with("encoding", 6)
        .with("datlocprovider", "c")
        .with("datallowconn", true)
        .with("datconnlimit", -1)
        .with("dattablespace", 1663)
        .with("datcollate", "C")
        .with("datctype", "C");
  }

  private void addTypes() {
    for (Map<String, String> type : types.rows()) {
      long oid = Long.parseLong(type.get("oid"));
      Row row = add("pg_type");
      type.forEach(
          (column, value) -> {
            if (column.startsWith("typ") || column.equals("oid")) {
              row.with(column, value);
            }
          });
      boolean isBuiltIn = type.get("schema").equals("pg_catalog");
      row.with("typnamespace", isBuiltIn ? PG_CATALOG : INFORMATION_SCHEMA)
          .with("typowner", OWNER)
          .with("typisdefined", true);
      lookup.add("type label", oid, type.get("label"));
      lookup.add("type", type.get("typname"), oid);
      lookup.add("type", type.get("schema") + "." + type.get("typname"), oid);
      lookup.add("type", type.get("label").replace("\"", ""), oid);
      addDescription(oid, PG_TYPE, 0, type.get("description"));
    }
    Map.of("int", "int4", "decimal", "numeric", "float", "float8", "double", "float8")
        .forEach((name, type) -> lookup.add("type", name, types.oid(type)));
  }

  private void addSystemRelation(SystemRelation relation) {
    boolean isCatalog = relation.schema().equals("pg_catalog");
    addClass(
        relation.oid(),
        relation.name(),
        isCatalog ? PG_CATALOG : INFORMATION_SCHEMA,
        relation.kind(),
        relation.columns().size());
    addNames(relation.oid(), relation.name(), relation.schema(), isCatalog);
    int number = 0;
    for (SystemRelation.Column column : relation.columns()) {
      addAttribute(relation.oid(), ++number, column.name(), column.type())
          .with("attnotnull", column.isNotNull());
    }
  }

  private void addRelations(List<DictionaryRelation> relations) {
    long oid = FIRST_RELATION;
    for (DictionaryRelation relation : relations) {
      addClass(oid, relation.name(), PUBLIC, "v", relation.columns().size());
      addNames(oid, relation.name(), "public", true);
      addDescription(oid, PG_CLASS, 0, relation.description());
      int number = 0;
      for (DictionaryColumn column : relation.columns()) {
        number++;
        addAttribute(oid, number, column.name(), PostgresTypes.nameOf(column.type()))
            .with("attnotnull", false);
        addDescription(oid, PG_CLASS, number, column.description());
      }
      oid++;
    }
  }

  private void addClass(long oid, String name, long schema, String kind, int columns) {
    if (kind.equals("v")) {
      lookup.add("view", oid, VIEW_DEFINITION);
    }
    add("pg_class")
        .with("oid", oid)
        .with("relname", name)
        .with("relnamespace", schema)
        .with("relowner", OWNER)
        .with("relam", kind.equals("r") ? HEAP : 0)
        .with("reltuples", -1)
        .with("relhasrules", kind.equals("v"))
        .with("relpersistence", "p")
        .with("relkind", kind)
        .with("relnatts", columns)
        .with("relispopulated", true)
        .with("relacl", "[=r/tidemark]")
        .with("relreplident", "n");
  }

  private void addNames(long oid, String name, String schema, boolean isVisible) {
    String label = schema + "." + name;
    lookup.add("class", label, oid);
    if (isVisible) {
      lookup.add("class", name, oid);
    }
    lookup.add("class label", oid, isVisible ? name : label);
  }

  private Row addAttribute(long relation, int number, String name, String type) {
    return add("pg_attribute")
        .with("attrelid", relation)
        .with("attname", name)
        .with("atttypid", types.oid(type))
        .with("attstattarget", -1)
        .with("attlen", types.field(type, "typlen"))
        .with("attnum", number)
        .with("attcacheoff", -1)
        .with("atttypmod", -1)
        .with("attbyval", types.field(type, "typbyval"))
        .with("attalign", types.field(type, "typalign"))
        .with("attstorage", types.field(type, "typstorage"))
        .with("attislocal", true)
        .with("attcollation", types.field(type, "typcollation"));
  }

  private void addFunctions(List<DictionaryFunction> functions) {
    long oid = FIRST_FUNCTION;
    for (DictionaryFunction function : functions) {
      List<DictionaryColumn> arguments = function.arguments();
      add("pg_proc")
          .with("oid", oid)
          .with("proname", function.name())
          .with("pronamespace", PUBLIC)
          .with("proowner", OWNER)
          .with("prolang", 12)
          .with("procost", 1)
          .with("prokind", function.kind().code())
          .with("provolatile", "i")
          .with("proparallel", "s")
          .with("pronargs", arguments.size())
          .with("prorettype", types.oid(PostgresTypes.nameOf(function.result())))
          .with("proargtypes", list(arguments.stream().map(a -> "" + oidOf(a)).toList()))
          .with("proargnames", list(arguments.stream().map(DictionaryColumn::name).toList()))
          .with("prosrc", function.name());
      lookup.add("function", function.name(), oid);
      lookup.add("function", "public." + function.name(), oid);
      lookup.add("function label", oid, function.name());
      lookup.add(
          "function arguments",
          oid,
          arguments.stream().map(this::label).collect(Collectors.joining(", ")));
      lookup.add(
          "function result", oid, types.field(PostgresTypes.nameOf(function.result()), "label"));
      addDescription(oid, PG_PROC, 0, function.description());
      oid++;
    }
  }

  private long oidOf(DictionaryColumn argument) {
    return types.oid(PostgresTypes.nameOf(argument.type()));
  }

  private String label(DictionaryColumn argument) {
    return argument.name() + " " + types.field(PostgresTypes.nameOf(argument.type()), "label");
  }

  private static String list(List<String> values) {
    return values.stream().collect(Collectors.joining(", ", "[", "]"));
  }

  private void addDescription(long object, long table, int column, String text) {
    if (!text.isEmpty()) {
      add("pg_description")
          .with("objoid", object)
          .with("classoid", table)
          .with("objsubid", column)
          .with("description", text);
      lookup.add("description", object + "/" + table + "/" + column, text);
      lookup.add("description", object + "//" + column, text);
    }
  }

  /** By way of tables of texts, which the engine casts: 3,000 rows as parameters take seconds. */
  private void write() throws SQLException {
    for (Map.Entry<String, List<Map<String, Object>>> table : tables.entrySet()) {
      List<String> columns = List.copyOf(table.getValue().get(0).keySet());
      String declared = columns.stream().map(c -> c + " VARCHAR").collect(Collectors.joining(", "));
      Dictionary.execute(connection, "CREATE TABLE staged (%s)".formatted(declared));
      append(columns, table.getValue());
      Dictionary.execute(
          connection,
          "INSERT INTO dictionary.%s BY NAME SELECT * FROM staged".formatted(table.getKey()));
      Dictionary.execute(connection, "DROP TABLE staged");
    }
  }

  private void append(List<String> columns, List<Map<String, Object>> rows) throws SQLException {
    try (DuckDBAppender appender =
        connection.unwrap(DuckDBConnection.class).createAppender("main", "staged")) {
      for (Map<String, Object> values : rows) {
        appender.beginRow();
        for (String column : columns) {
          appender.append(values.get(column).toString());
        }
        appender.endRow();
      }
    }
  }
}
