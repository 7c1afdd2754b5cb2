package tidemark.gateway.walls;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A statement that may run, and what it names. Comes from {@link Walls} alone.
 *
 * @param sql the text whose tree was checked: as given, but without what follows its last token,
 *     without {@code public.} before relations, and with the word EXPLAIN [ANALYZE] blanked, so
 *     that characters count from the start of the text as given
 * @param relations of the caller's list, in lower case, named anywhere; not those that a CTE hides
 * @param columns every part of every dotted column name, as written: these are columns, aliases and
 *     fields of structs alike; {@code *} if a star or a NATURAL JOIN or PIVOT may mean any column
 * @param functions in lower case, operators included
 * @param ctes names of common table expressions, in lower case
 * @param parameterCount the greatest n of {@code $n}
 * @param tree of DuckDB's {@code json_serialize_sql}, with the fields {@code node} and {@code
 *     named_param_map}; {@code query_location} counts UTF-8 bytes of {@link #sql} from 0. Missing
 *     if the kind has no query. Not to be changed; copy it first
 * @param settingName in lower case; {@code all} for RESET ALL; empty if the kind has no setting
 * @param settingValue of SET; else empty
 */
public record CheckedStatement(
    StatementKind kind,
    String sql,
    Set<String> relations,
    Set<String> columns,
    Set<String> functions,
    Set<String> ctes,
    int parameterCount,
    JsonNode tree,
    String settingName,
    String settingValue) {

  public CheckedStatement {
    relations = Collections.unmodifiableSet(new LinkedHashSet<>(relations));
    columns = Collections.unmodifiableSet(new LinkedHashSet<>(columns));
    functions = Collections.unmodifiableSet(new LinkedHashSet<>(functions));
    ctes = Collections.unmodifiableSet(new LinkedHashSet<>(ctes));
    if (kind.hasQuery() == tree.isMissingNode()) {
      throw new IllegalArgumentException("a query has a tree, got " + kind);
    }
  }

  /** One without a query. */
  static CheckedStatement ofSetting(
      StatementKind kind, String sql, String settingName, String settingValue) {
    return new CheckedStatement(
        kind,
        sql,
        Set.of(),
        Set.of(),
        Set.of(),
        Set.of(),
        0,
        MissingNode.getInstance(),
        settingName,
        settingValue);
  }
}
