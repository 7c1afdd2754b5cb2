package tidemark.serde.definition;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;

/**
 * A definition as JSON, UTF-8, one object. Every field is required unless it says otherwise, and a
 * field of another name is an error: whoever misspells one must not get a default instead.
 *
 * <pre>
 *   v          1: version of this format
 *   kind       "rule" or "monitor"
 *   org        text
 *   name       text
 *   version    1 to 2^31 - 1
 *   from_ms    start of the first window concerned, epoch ms
 *   removed    true: this ends the name, and no field follows; optional, false unless given
 *
 *   both kinds:
 *   metric     pattern: * stands for any characters
 *   where      object of tag keys: a condition, or a list of conditions that must all hold; optional
 *              a condition is a pattern of the value; "!pattern" takes what does not match;
 *              \ in front of a first ! or \ takes that as it is
 *
 *   a rule:
 *   keep       list of tag keys that stay; or
 *   drop       list of tag keys that go
 *   types      list of "counter", "gauge", "distribution"
 *   tiers      list of "10s", "1m", "1h"
 *   drops_finer  boolean; optional, false unless given
 *   max_series 1 to 2^31 - 1
 *
 *   a monitor:
 *   type       "counter", "gauge" or "distribution"
 *   group_by   list of tag keys
 *   measure    "count", "sum", "avg", "min", "max", "last",
 *              "percentile(0.99)", "share_above(250)" or "share_below(250)"
 *   window_ms, step_ms              ms
 *   side       "above" or "below"
 *   alert      number
 *   warn, alert_recovery, warn_recovery   number; optional
 *   no_data    "report", "ok", "alert" or "keep"
 *   new_group_delay_ms, forget_group_ms   ms
 *   max_groups 1 to 2^31 - 1
 * </pre>
 *
 * <p>Conditions have no order: what is read has them sorted by key, then by text, each once.
 * Stateless; costs microseconds, and memory in proportion to the bytes.
 */
public final class DefinitionCodec {
  /** The only version of the format so far. */
  static final int FORMAT = 1;

  /**
   * Longer than any sane definition; what is longer is not even looked at. All definitions go to
   * all tasks whenever one changes, and no text in one may exceed the 65,535 bytes of a field.
   */
  static final int MAX_BYTES = 1 << 15;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private DefinitionCodec() {}

  /**
   * @throws IllegalArgumentException if a text in it cannot be written as UTF-8
   */
  public static byte[] toJson(Definition definition) {
    ObjectNode json = JSON.createObjectNode();
    json.put("v", FORMAT);
    json.put("kind", definition.kind().label());
    json.put("org", definition.org());
    json.put("name", definition.name());
    json.put("version", definition.version());
    json.put("from_ms", definition.fromMs());
    if (definition instanceof AggregationRule rule) {
      RuleFields.write(rule, json);
    } else if (definition instanceof Monitor monitor) {
      MonitorFields.write(monitor, json);
    } else {
      json.put("removed", true);
    }
    return encoded(json);
  }

  /** Strict: half a surrogate pair must not become a question mark on its way. */
  private static byte[] encoded(ObjectNode json) {
    try {
      CharBuffer text = CharBuffer.wrap(JSON.writeValueAsString(json));
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(text);
      byte[] array = new byte[bytes.remaining()];
      bytes.get(array);
      return array;
    } catch (CharacterCodingException | JsonProcessingException e) {
      throw new IllegalArgumentException("a definition must be encodable as UTF-8", e);
    }
  }

  /**
   * Reads what {@link #toJson} or a person wrote.
   *
   * @throws IllegalArgumentException whatever is wrong with the bytes
   */
  public static Definition ofJson(byte[] json) {
    JsonFields fields = new JsonFields(parse(json));
    int format = fields.integer("v");
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "format of a definition must be %d, found v=%d: update whatever reads it"
              .formatted(FORMAT, format));
    }
    Definition.Kind kind = fields.oneOf("kind", Definition.Kind.values(), Definition.Kind::label);
    Definition definition =
        fields.flag("removed")
            ? new Removal(
                kind,
                fields.text("org"),
                fields.text("name"),
                fields.integer("version"),
                fields.ms("from_ms"))
            : switch (kind) {
              case RULE -> RuleFields.read(fields);
              case MONITOR -> MonitorFields.read(fields);
            };
    fields.requireNoOthers();
    return definition;
  }

  private static ObjectNode parse(byte[] json) {
    if (json == null || json.length == 0 || json.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a definition must have 1 to %d bytes, got %d"
              .formatted(MAX_BYTES, json == null ? 0 : json.length));
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      JsonNode node = JSON.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException(
          "a definition must be a JSON object, got " + node.getNodeType());
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a definition must be UTF-8, and its bytes are not", e);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a definition must be JSON: " + e.getOriginalMessage(), e);
    }
  }
}
