package tidemark.gateway.dictionary;

import tidemark.gateway.ask.ValueType;

/**
 * A column of a relation, or an argument of a function.
 *
 * @param description one line for people; may be empty
 */
public record DictionaryColumn(String name, ValueType type, String description) {}
