package tidemark.gateway.verdicts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tidemark.state.SeriesIdentity;
import tidemark.state.monitor.Verdict;

/**
 * A verdict that the engine can keep.
 *
 * @param tags of the group
 * @param groupName the group as one text, see {@link #groupName}
 * @param offsets next offset of each partition
 */
record VerdictRow(
    Verdict verdict, Map<String, String> tags, String groupName, Map<String, Long> offsets) {
  /** The engine's times end in the year 294246. */
  private static final long MAX_MS = 9_000_000_000_000_000L / 1_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a later record replaces. */
  record Key(Window window, int revision) {}

  /** One window of one group; other orgs may tell the same id. */
  record Window(String org, String id) {}

  /**
   * @throws IllegalArgumentException if it has times or offsets that cannot be
   */
  static VerdictRow of(Verdict verdict) {
    long watermarkMs = verdict.evidence().watermarkMs();
    requireTime(verdict.windowStartMs());
    requireTime(verdict.windowEndMs());
    if (watermarkMs != Long.MIN_VALUE) {
      requireTime(watermarkMs);
    }
    List<String> group = verdict.subject().group();
    Map<String, String> tags = new LinkedHashMap<>();
    group.forEach(tag -> tags.put(SeriesIdentity.key(tag), SeriesIdentity.value(tag)));
    return new VerdictRow(verdict, tags, groupName(group), offsets(verdict.evidence().offsets()));
  }

  /**
   * Tags with commas between them, {@code service:web,zone:a}; commas and backslashes of a tag have
   * a backslash in front, so that two groups never have one text.
   */
  private static String groupName(List<String> group) {
    return group.stream()
        .map(tag -> tag.replace("\\", "\\\\").replace(",", "\\,"))
        .collect(Collectors.joining(","));
  }

  private static void requireTime(long ms) {
    if (ms < -MAX_MS || ms > MAX_MS) {
      throw new IllegalArgumentException(
          "a time must be within %d ms of 1970, got %d".formatted(MAX_MS, ms));
    }
  }

  private static Map<String, Long> offsets(String text) {
    Map<String, Long> offsets = new LinkedHashMap<>();
    try {
      JsonNode json = JSON.readTree(text);
      json.properties().forEach(each -> offsets.put(each.getKey(), each.getValue().asLong()));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("offsets must be JSON, got " + text, e);
    }
    return offsets;
  }

  Window window() {
    return new Window(verdict.subject().org(), verdict.id());
  }

  Key key() {
    return new Key(window(), verdict.revision());
  }
}
