package tidemark.cli.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tidemark.cli.process.ProcessFailedException;
import tidemark.state.definition.Definition.Kind;

/**
 * A file of rules and monitors: YAML with the lists {@code rules} and {@code monitors}, and the
 * {@code org} that they belong to unless one of them names its own. Fields are those of {@link
 * DefinitionEntry}. Messages name the file, the entry and the field.
 *
 * @param wanted in the order of the file, checked
 */
public record DefinitionFile(List<WantedDefinition> wanted) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ORG = "org";
  private static final String RULES = "rules";
  private static final String MONITORS = "monitors";
  private static final Set<String> FIELDS = Set.of(ORG, RULES, MONITORS);

  public DefinitionFile {
    wanted = List.copyOf(wanted);
  }

  /**
   * @throws ProcessFailedException if anything in it is wrong
   */
  public static DefinitionFile read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read %s: %s".formatted(file, e), e);
    }
  }

  /**
   * @param file its name, for messages
   */
  static DefinitionFile parse(String yaml, String file) {
    try {
      return read(JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml)));
    } catch (YamlEngineException | IllegalArgumentException e) {
      throw new ProcessFailedException(file + ": " + e.getMessage(), e);
    }
  }

  private static DefinitionFile read(JsonNode tree) {
    if (!(tree instanceof ObjectNode root)) {
      throw new IllegalArgumentException("the file must have the fields org, rules and monitors");
    }
    for (String field : (Iterable<String>) root::fieldNames) {
      if (!FIELDS.contains(field)) {
        throw new IllegalArgumentException(
            "field '%s' is not known, it must be org, rules or monitors".formatted(field));
      }
    }
    List<WantedDefinition> wanted = new ArrayList<>();
    readList(root, RULES, Kind.RULE, wanted);
    readList(root, MONITORS, Kind.MONITOR, wanted);
    requireEachOnce(wanted);
    return new DefinitionFile(wanted);
  }

  private static void readList(
      ObjectNode root, String field, Kind kind, List<WantedDefinition> into) {
    JsonNode list = root.path(field);
    if (list.isMissingNode() || list.isNull()) {
      return;
    }
    if (!list.isArray()) {
      throw new IllegalArgumentException(
          "field '%s' must be a list, got %s".formatted(field, list));
    }
    for (int i = 0; i < list.size(); i++) {
      String place = place(list.get(i), "%s[%d]".formatted(field, i), kind);
      try {
        into.add(new WantedDefinition(DefinitionEntry.json(list.get(i), kind, root.get(ORG))));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
      }
    }
  }

  /** How messages name the entry. */
  private static String place(JsonNode entry, String index, Kind kind) {
    JsonNode name = entry.path("name");
    return name.isTextual() ? kind.label() + " " + name.textValue() : index;
  }

  private static void requireEachOnce(List<WantedDefinition> wanted) {
    Set<List<Object>> names = new HashSet<>();
    for (WantedDefinition each : wanted) {
      if (!names.add(List.of(each.kind(), each.org(), each.name()))) {
        throw new IllegalArgumentException(each.describe() + " stands there twice");
      }
    }
  }

  /** Those of one kind. */
  public List<WantedDefinition> of(Kind kind) {
    return wanted.stream().filter(each -> each.kind() == kind).toList();
  }
}
