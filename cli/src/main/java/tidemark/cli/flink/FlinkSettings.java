package tidemark.cli.flink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tidemark.cli.process.ProcessFailedException;

/**
 * The settings of a Flink cluster, as {@code config.yaml} holds them: dotted keys and text values.
 *
 * <p>Immutable. Nested YAML is flattened as Flink flattens it.
 *
 * @param values sorted by key
 */
public record FlinkSettings(Map<String, String> values) {
  public FlinkSettings {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** Reads {@code config.yaml}. */
  public static FlinkSettings read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException | YamlEngineException e) {
      throw new ProcessFailedException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Reads the text of a {@code config.yaml}. */
  public static FlinkSettings parse(String yaml) {
    Object root = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    Map<String, String> values = new TreeMap<>();
    if (root != null) {
      flatten("", root, values);
    }
    return new FlinkSettings(values);
  }

  private static void flatten(String key, Object node, Map<String, String> values) {
    if (node instanceof Map<?, ?> map) {
      map.forEach(
          (name, child) ->
              flatten(key.isEmpty() ? name.toString() : key + "." + name, child, values));
    } else if (node instanceof List<?>) {
      throw new ProcessFailedException(
          key + " must be text, as Flink's own lists are: separate its items with ;");
    } else if (node != null) {
      values.put(key, node.toString());
    }
  }

  /** These settings with others over them. */
  public FlinkSettings with(Map<String, String> overrides) {
    Map<String, String> merged = new TreeMap<>(values);
    merged.putAll(overrides);
    return new FlinkSettings(merged);
  }

  /** These settings without any key that starts so. */
  public FlinkSettings without(String prefix) {
    Map<String, String> kept = new TreeMap<>(values);
    kept.keySet().removeIf(key -> key.startsWith(prefix));
    return new FlinkSettings(kept);
  }

  public Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** What is at this key, cut at blanks: JVM options; empty if the key is not set. */
  public List<String> words(String key) {
    return value(key)
        .map(
            text ->
                Arrays.stream(text.strip().split("\\s+", -1)).filter(w -> !w.isEmpty()).toList())
        .orElse(List.of());
  }

  /** As YAML that Flink reads: flat keys in order, every value quoted. */
  public String render(String headline) {
    StringBuilder yaml = new StringBuilder("# ").append(headline).append('\n');
    values.forEach(
        (key, value) -> yaml.append(key).append(": \"").append(escape(value)).append("\"\n"));
    return yaml.toString();
  }

  private static String escape(String value) {
    return value
        .replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\t", "\\t");
  }
}
