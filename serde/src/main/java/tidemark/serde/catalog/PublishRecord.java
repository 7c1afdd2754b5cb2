package tidemark.serde.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.util.JsonUtil;

/**
 * What is known of the publishing of a branch, kept as JSON in a property of the rollups table
 * until it is settled and older than all that is there ({@link PublishSettlement}).
 *
 * @param branch whose rows were published
 * @param fromMs start of the range of which rows were replaced
 * @param toMs its end
 * @param baseSequence sequence number of the base: rows of later epochs are in no replaced file
 * @param sequences sequence numbers of the commits that replaced rows, the undoing among them: what
 *     they added is no late row of an epoch
 * @param isUndone whether the rows from before are back
 * @param pending id of a commit that may or may not have happened; empty if there is none
 * @param covered rows that were replaced, as {@link CoveredRows#toJson} says them
 * @param changedAtMs time of the last commit; 0 if there is none or an older release made it
 * @param isSettled whether it can be neither undone nor done again
 */
public record PublishRecord(
    String branch,
    long fromMs,
    long toMs,
    long baseSequence,
    List<Long> sequences,
    boolean isUndone,
    String pending,
    String covered,
    long changedAtMs,
    boolean isSettled) {
  private static final String PREFIX = "tidemark.publish.";

  public PublishRecord {
    sequences = List.copyOf(sequences);
  }

  /** Name of the property. */
  public static String property(String branch) {
    return PREFIX + branch;
  }

  /** Name of the tag that keeps the files that a publishing replaced. */
  public static String beforeTag(String branch) {
    return "before-publish-" + branch;
  }

  /** All of a table, by branch. */
  public static SortedMap<String, PublishRecord> all(Map<String, String> properties) {
    SortedMap<String, PublishRecord> records = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            records.put(key.substring(PREFIX.length()), ofJson(value));
          }
        });
    return records;
  }

  public static Optional<PublishRecord> of(Map<String, String> properties, String branch) {
    return Optional.ofNullable(properties.get(property(branch))).map(PublishRecord::ofJson);
  }

  /** Sequence number of the last commit; the smallest number if there was none. */
  public long last() {
    return sequences.isEmpty() ? Long.MIN_VALUE : sequences.get(sequences.size() - 1);
  }

  /** Whether both have replaced rows of one UTC day, and so files of one partition. */
  public boolean sharesDayWith(long otherFromMs, long otherToMs) {
    return HeldRange.sharesDay(fromMs, toMs, otherFromMs, otherToMs);
  }

  /** The same while a commit is on its way. */
  public PublishRecord withPending(String id) {
    return with(sequences, isUndone, id, changedAtMs, isSettled);
  }

  /** The same after a commit has not happened: each one turned what the one before it did. */
  public PublishRecord withoutPending() {
    return with(sequences, sequences.size() % 2 == 0, "", changedAtMs, isSettled);
  }

  /** The same once it can be neither undone nor done again. */
  PublishRecord settled() {
    return with(sequences, isUndone, pending, changedAtMs, true);
  }

  /** The same after a commit. */
  public PublishRecord with(Snapshot commit, boolean undone) {
    List<Long> more = new ArrayList<>(sequences);
    more.add(commit.sequenceNumber());
    return with(more, undone, "", commit.timestampMillis(), isSettled);
  }

  private PublishRecord with(
      List<Long> commits, boolean undone, String id, long atMs, boolean settled) {
    return new PublishRecord(
        branch, fromMs, toMs, baseSequence, commits, undone, id, covered, atMs, settled);
  }

  public String toJson() {
    ObjectNode json = JsonUtil.mapper().createObjectNode();
    json.put("branch", branch);
    json.put("from_ms", fromMs);
    json.put("to_ms", toMs);
    json.put("base_sequence", baseSequence);
    sequences.forEach(json.putArray("sequences")::add);
    json.put("undone", isUndone);
    json.put("pending", pending);
    json.put("covered", covered);
    json.put("changed_at_ms", changedAtMs);
    json.put("settled", isSettled);
    return json.toString();
  }

  public static PublishRecord ofJson(String text) {
    JsonNode json;
    try {
      json = JsonUtil.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the record of a publishing is no JSON: " + text, e);
    }
    List<Long> sequences = new ArrayList<>();
    json.path("sequences").forEach(number -> sequences.add(number.asLong()));
    return new PublishRecord(
        json.path("branch").asText(),
        json.path("from_ms").asLong(),
        json.path("to_ms").asLong(),
        json.path("base_sequence").asLong(),
        sequences,
        json.path("undone").asBoolean(),
        json.path("pending").asText(),
        json.path("covered").asText(),
        json.path("changed_at_ms").asLong(),
        json.path("settled").asBoolean());
  }
}
