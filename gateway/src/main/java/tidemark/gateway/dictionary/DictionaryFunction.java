package tidemark.gateway.dictionary;

import java.util.List;
import tidemark.gateway.ask.ValueType;

/**
 * A function that statements over the logical tables may call.
 *
 * @param kind what it takes: one row or many
 * @param description one line for people; may be empty
 */
public record DictionaryFunction(
    String name,
    Kind kind,
    List<DictionaryColumn> arguments,
    ValueType result,
    String description) {
  /** As {@code pg_proc.prokind} tells them apart. */
  public enum Kind {
    SCALAR("f"),
    AGGREGATE("a");

    private final String code;

    Kind(String code) {
      this.code = code;
    }

    String code() {
      return code;
    }
  }

  public DictionaryFunction {
    arguments = List.copyOf(arguments);
  }
}
