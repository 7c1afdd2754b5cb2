package tidemark.cli.definition;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Definition.Kind;

/**
 * What somebody wants a name to stand for, whichever version that becomes. Immutable, and known to
 * be right.
 */
public final class WantedDefinition {
  private final ObjectNode json;
  private final Definition first;

  /**
   * @param json of {@link DefinitionCodec}, without version and start
   * @throws IllegalArgumentException if it is not right
   */
  WantedDefinition(ObjectNode json) {
    this.json = json.deepCopy();
    this.first = as(1, 0);
  }

  public Kind kind() {
    return first.kind();
  }

  public String org() {
    return first.org();
  }

  public String name() {
    return first.name();
  }

  /** Kind, name and org, for messages. */
  public String describe() {
    return describe(first);
  }

  /** Kind, name and org, for messages. */
  public static String describe(Definition definition) {
    return "%s %s of org %s"
        .formatted(definition.kind().label(), definition.name(), definition.org());
  }

  /** It as that version. */
  Definition as(int version, long fromMs) {
    ObjectNode versioned = json.deepCopy();
    versioned.put("version", version);
    versioned.put("from_ms", fromMs);
    return DefinitionCodec.ofJson(versioned.toString().getBytes(UTF_8));
  }
}
