package tidemark.cli.sql;

import java.util.Set;

/**
 * A column of an answer.
 *
 * @param type as PostgreSQL names it
 */
public record SqlColumn(String name, String type) {
  private static final Set<String> NUMBERS =
      Set.of("int2", "int4", "int8", "oid", "float4", "float8", "numeric");

  boolean isNumber() {
    return NUMBERS.contains(type);
  }
}
