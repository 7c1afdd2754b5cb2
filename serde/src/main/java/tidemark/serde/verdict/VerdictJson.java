package tidemark.serde.verdict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tidemark.state.SeriesIdentity;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;
import tidemark.state.monitor.WindowValue;

/**
 * Verdicts and alerts for whoever is not Tidemark: one JSON object, version 1, UTF-8.
 *
 * <pre>
 * v                1
 * id               text, one for all revisions of one window of one group
 * revision         whole number, from 0; after a failure one can come again, or a lower one. The
 *                  record that stands last of an id replaces those before it
 * org, monitor     text
 * version          whole number, of the monitor's definition
 * group            object, tag key to value
 * window_start_ms, window_end_ms, watermark_ms   epoch ms; the end is exclusive, the watermark null
 *                  if there was none yet
 * status           ok, warn, alert, no_data or incomplete
 * value            number, or null if there is none
 * points           whole number
 * completeness     proven or estimated
 * offsets          object, topic/partition to next offset
 * holding          array of topic/partition
 * marks            array of early, late, amended
 * before           only of an alert: the status that it changes
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class VerdictJson {
  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private VerdictJson() {}

  public static byte[] of(Verdict verdict) {
    return bytes(object(verdict));
  }

  public static byte[] of(Alert alert) {
    return bytes(object(alert.verdict()).put("before", word(alert.before())));
  }

  private static ObjectNode object(Verdict verdict) {
    VerdictSubject subject = verdict.subject();
    Evidence evidence = verdict.evidence();
    ObjectNode json = JSON.createObjectNode();
    json.put("v", VERSION).put("id", verdict.id()).put("revision", verdict.revision());
    json.put("org", subject.org()).put("monitor", subject.monitor());
    json.put("version", subject.version());
    ObjectNode group = json.putObject("group");
    subject.group().forEach(tag -> group.put(SeriesIdentity.key(tag), SeriesIdentity.value(tag)));
    json.put("window_start_ms", verdict.windowStartMs());
    json.put("window_end_ms", verdict.windowEndMs());
    json.put("status", word(verdict.status()));
    json.put("value", verdict.hasValue() ? Double.valueOf(verdict.value()) : null);
    json.put("points", verdict.points());
    boolean hasWatermark = evidence.watermarkMs() != Long.MIN_VALUE;
    json.put("watermark_ms", hasWatermark ? Long.valueOf(evidence.watermarkMs()) : null);
    json.put("completeness", evidence.completeness().label());
    json.set("offsets", tree(evidence.offsets()));
    ArrayNode holding = json.putArray("holding");
    evidence.holding().forEach(holding::add);
    ArrayNode marks = json.putArray("marks");
    verdict.marks().forEach(mark -> marks.add(word(mark)));
    return json;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a verdict could not be written to memory", e);
    }
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("offsets must be JSON, got " + json, e);
    }
  }

  /**
   * @throws IllegalArgumentException if the bytes are no verdict or alert of a version that it
   *     knows
   */
  public static Verdict verdict(byte[] bytes) {
    JsonNode json = read(bytes);
    try {
      return verdict(json);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("not a verdict: " + json, e);
    }
  }

  /** The status that an alert changes; empty if the bytes are a verdict. */
  public static Optional<VerdictStatus> before(byte[] bytes) {
    return Optional.ofNullable(read(bytes).get("before"))
        .map(before -> VerdictStatus.valueOf(before.asText().toUpperCase(Locale.ROOT)));
  }

  private static JsonNode read(byte[] bytes) {
    try {
      JsonNode json = JSON.readTree(bytes);
      int version = json == null ? 0 : json.path("v").asInt();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "a verdict must have version %d, got %d: is the job newer?"
                .formatted(VERSION, version));
      }
      return json;
    } catch (IOException e) {
      throw new IllegalArgumentException("%d bytes are not JSON".formatted(bytes.length), e);
    }
  }

  private static Verdict verdict(JsonNode json) {
    List<String> group = new ArrayList<>();
    json.required("group")
        .properties()
        .forEach(tag -> group.add(tag.getKey() + ":" + tag.getValue().asText()));
    group.sort(null);
    List<String> holding = new ArrayList<>();
    json.required("holding").forEach(partition -> holding.add(partition.asText()));
    Set<VerdictMark> marks = EnumSet.noneOf(VerdictMark.class);
    json.required("marks")
        .forEach(mark -> marks.add(VerdictMark.valueOf(mark.asText().toUpperCase(Locale.ROOT))));
    JsonNode value = json.required("value");
    JsonNode watermark = json.required("watermark_ms");
    return new Verdict(
        json.required("id").asText(),
        json.required("revision").asInt(),
        new VerdictSubject(
            json.required("org").asText(),
            json.required("monitor").asText(),
            json.required("version").asInt(),
            group),
        json.required("window_start_ms").asLong(),
        json.required("window_end_ms").asLong(),
        VerdictStatus.valueOf(json.required("status").asText().toUpperCase(Locale.ROOT)),
        value.isNull() ? WindowValue.NONE : value.asDouble(),
        json.required("points").asLong(),
        new Evidence(
            watermark.isNull() ? Long.MIN_VALUE : watermark.asLong(),
            Completeness.valueOf(json.required("completeness").asText().toUpperCase(Locale.ROOT)),
            json.required("offsets").toString(),
            holding),
        marks);
  }
}
