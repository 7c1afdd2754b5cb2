package tidemark.cli.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import tidemark.state.definition.Definition.Kind;

/**
 * Turns an entry of a file into the JSON of {@link tidemark.serde.definition.DefinitionCodec},
 * which checks the rest: defaults are filled in, and durations become milliseconds. {@code
 * docs/rules.md} lists the fields.
 */
final class DefinitionEntry {
  private static final Set<String> RULE_FIELDS =
      Set.of(
          "name",
          "org",
          "metric",
          "where",
          "keep",
          "drop",
          "types",
          "tiers",
          "drops_finer",
          "max_series");
  private static final Set<String> MONITOR_FIELDS =
      Set.of(
          "name",
          "org",
          "metric",
          "where",
          "type",
          "group_by",
          "measure",
          "window",
          "step",
          "side",
          "alert",
          "warn",
          "alert_recovery",
          "warn_recovery",
          "no_data",
          "new_group_delay",
          "forget_group",
          "max_groups");

  private static final int MAX_SERIES = 10_000;
  private static final int MAX_GROUPS = 1_000;
  private static final String FORGET_GROUP = "24h";

  private DefinitionEntry() {}

  /**
   * @param org for an entry that names none; null if the file names none either
   */
  static ObjectNode json(JsonNode entry, Kind kind, JsonNode org) {
    if (!(entry instanceof ObjectNode given)) {
      throw new IllegalArgumentException("an entry must have fields, got " + entry);
    }
    requireKnown(given, kind == Kind.RULE ? RULE_FIELDS : MONITOR_FIELDS);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("v", 1);
    json.put("kind", kind.label());
    if (org != null) {
      json.set("org", org);
    }
    json.setAll(given);
    if (json.path("where").isNull()) {
      json.remove("where");
    }
    switch (kind) {
      case RULE -> completeRule(json);
      case MONITOR -> completeMonitor(json);
    }
    return json;
  }

  private static void completeRule(ObjectNode json) {
    if (!json.has("types")) {
      json.putArray("types").add("counter").add("gauge").add("distribution");
    }
    if (!json.has("tiers")) {
      json.putArray("tiers").add("10s").add("1m").add("1h");
    }
    if (!json.has("max_series")) {
      json.put("max_series", MAX_SERIES);
    }
  }

  private static void completeMonitor(ObjectNode json) {
    if (!json.has("group_by")) {
      json.putArray("group_by");
    }
    putDefault(json, "side", "above");
    putDefault(json, "no_data", "report");
    JsonNode window = json.get("window");
    if (window != null && !json.has("step")) {
      json.set("step", window);
    }
    if (window != null && !json.has("new_group_delay")) {
      json.set("new_group_delay", window);
    }
    putDefault(json, "forget_group", FORGET_GROUP);
    if (!json.has("max_groups")) {
      json.put("max_groups", MAX_GROUPS);
    }
    for (String field : new String[] {"window", "step", "new_group_delay", "forget_group"}) {
      JsonNode duration = json.remove(field);
      if (duration == null) {
        throw new IllegalArgumentException("field '%s' is missing".formatted(field));
      }
      json.put(field + "_ms", DurationText.ms(field, duration));
    }
  }

  private static void putDefault(ObjectNode json, String field, String text) {
    if (!json.has(field)) {
      json.put(field, text);
    }
  }

  private static void requireKnown(ObjectNode given, Set<String> known) {
    for (String field : (Iterable<String>) given::fieldNames) {
      if (!known.contains(field)) {
        throw new IllegalArgumentException(
            "field '%s' is not known, the fields are %s"
                .formatted(field, known.stream().sorted().toList()));
      }
    }
  }
}
