package tidemark.gateway.dictionary;

import java.util.List;

/**
 * What the dictionary tells about: the logical relations and functions of one org.
 *
 * @param database that every session is connected to
 * @param relations of schema {@code public}, all shown as views
 * @param functions that statements over them may call
 */
public record DictionarySchema(
    String database, List<DictionaryRelation> relations, List<DictionaryFunction> functions) {
  public DictionarySchema {
    if (database.isEmpty()) {
      throw new IllegalArgumentException("a database must have a name, got none");
    }
    relations = List.copyOf(relations);
    functions = List.copyOf(functions);
    long names = relations.stream().map(DictionaryRelation::name).distinct().count();
    if (names != relations.size()) {
      throw new IllegalArgumentException("relations must have different names, got " + relations);
    }
  }
}
