package tidemark.gateway.dictionary;

import java.util.List;

/**
 * One logical table.
 *
 * @param name in lower case; must not begin with {@code pg_}, which is the dictionary's own
 * @param description one line for people; may be empty
 */
public record DictionaryRelation(String name, List<DictionaryColumn> columns, String description) {
  public DictionaryRelation {
    if (name.isEmpty() || name.startsWith("pg_")) {
      throw new IllegalArgumentException(
          "a relation must have a name that does not begin with pg_, got \"" + name + "\"");
    }
    columns = List.copyOf(columns);
  }
}
