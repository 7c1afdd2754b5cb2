package tidemark.gateway.dictionary;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A relation of {@code pg_catalog} or {@code information_schema}, as PostgreSQL 15 and 16 have it.
 *
 * @param kind {@code r} or {@code v}
 */
record SystemRelation(long oid, String schema, String name, String kind, List<Column> columns) {
  /** Of the dictionary itself. */
  record Column(String name, String type, boolean isNotNull) {}

  private static final Map<String, SystemRelation> ALL = readAll();

  private static Map<String, SystemRelation> readAll() {
    Map<String, SystemRelation> all = new HashMap<>();
    for (String[] row : Resources.rows("relations.tsv")) {
      List<Column> columns =
          Arrays.stream(row[4].split(",", -1))
              .map(
                  column -> {
                    String[] words = column.replace("!", "").split(" ", -1);
                    return new Column(words[0], words[1], column.endsWith("!"));
                  })
              .toList();
      SystemRelation relation =
          new SystemRelation(Long.parseLong(row[0]), row[1], row[2], row[3], columns);
      all.put(relation.key(), relation);
    }
    return Map.copyOf(all);
  }

  static List<SystemRelation> all() {
    return List.copyOf(ALL.values());
  }

  /**
   * By its name in lower case.
   *
   * @param schema {@code information_schema}, else it is looked up in {@code pg_catalog}
   */
  static Optional<SystemRelation> of(String schema, String name) {
    return Optional.ofNullable(
        ALL.get(schema.equals("information_schema") ? schema + "." + name : name));
  }

  /** How files of this package name it. */
  String key() {
    return isInformationSchema() ? schema + "." + name : name;
  }

  /** The schema of the engine that holds it. */
  String engineSchema() {
    return isInformationSchema() ? "information" : "dictionary";
  }

  Optional<String> typeOf(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).map(Column::type).findFirst();
  }

  private boolean isInformationSchema() {
    return schema.equals("information_schema");
  }
}
