package tidemark.cli.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tidemark.cli.process.ProcessFailedException;

/**
 * A file of webhooks: YAML with the list {@code webhooks}, whose fields are those of {@link
 * WebhookEntry}. Messages name the file, the webhook and the field, and never a header's value or
 * an address.
 */
public final class NotifyFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WEBHOOKS = "webhooks";

  private NotifyFile() {}

  /**
   * Its webhooks, in their order.
   *
   * @param environment stands in for {@code ${NAME}}
   * @throws ProcessFailedException if anything in it is wrong
   */
  public static List<Webhook> read(Path file, Map<String, String> environment) {
    try {
      return parse(Files.readString(file), file.toString(), environment);
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read %s: %s".formatted(file, e), e);
    }
  }

  /**
   * @param file its name, for messages
   */
  static List<Webhook> parse(String yaml, String file, Map<String, String> environment) {
    try {
      Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml);
      return webhooks(JSON.valueToTree(loaded), new WebhookEntry(environment));
    } catch (MarkedYamlEngineException e) {
      // not its message, which shows the lines
      String where = e.getProblemMark().map(mark -> " in line " + (mark.getLine() + 1)).orElse("");
      throw new ProcessFailedException("%s: not YAML%s: %s".formatted(file, where, e.getProblem()));
    } catch (YamlEngineException e) {
      throw new ProcessFailedException(
          "%s: not YAML: %s".formatted(file, e.getClass().getSimpleName()));
    } catch (IllegalArgumentException e) {
      throw new ProcessFailedException(file + ": " + e.getMessage(), e);
    }
  }

  private static List<Webhook> webhooks(JsonNode tree, WebhookEntry reader) {
    if (!(tree instanceof ObjectNode root)) {
      throw new IllegalArgumentException("the file must have the field webhooks");
    }
    for (String field : (Iterable<String>) root::fieldNames) {
      if (!field.equals(WEBHOOKS)) {
        throw new IllegalArgumentException(
            "field '%s' is not known, it must be webhooks".formatted(field));
      }
    }
    JsonNode list = root.path(WEBHOOKS);
    if (!list.isArray() || list.isEmpty()) {
      throw new IllegalArgumentException("field 'webhooks' must be a list of at least one webhook");
    }
    List<Webhook> webhooks = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode name = list.get(i).path("name");
      String place = name.isTextual() ? "webhook " + name.textValue() : "webhooks[%d]".formatted(i);
      try {
        Webhook webhook = reader.webhook(list.get(i));
        if (!names.add(webhook.name())) {
          throw new IllegalArgumentException("field 'name' stands there twice");
        }
        webhooks.add(webhook);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
      }
    }
    return webhooks;
  }
}
