package tidemark.gateway.walls;

/** What a statement asks for. */
public enum StatementKind {
  /** SELECT, WITH, VALUES, TABLE, FROM, PIVOT or UNPIVOT. */
  QUERY,
  /** The plan of a query, which does not run. */
  EXPLAIN,
  /** The plan of a query, which runs. */
  EXPLAIN_ANALYZE,
  /** The columns of a relation or query. */
  DESCRIBE,
  /** Statistics of all columns of a relation or query, which runs. */
  SUMMARIZE,
  /** The names of all relations. */
  SHOW_TABLES,
  /** All settings. */
  SHOW_ALL,
  /** One setting. */
  SHOW_SETTING,
  /** A new value for a setting. */
  SET,
  /** The first value of a setting again, or of {@code all}. */
  RESET;

  /** Whether there is a query with a tree. */
  public boolean hasQuery() {
    return switch (this) {
      case QUERY, EXPLAIN, EXPLAIN_ANALYZE, DESCRIBE, SUMMARIZE -> true;
      case SHOW_TABLES, SHOW_ALL, SHOW_SETTING, SET, RESET -> false;
    };
  }
}
