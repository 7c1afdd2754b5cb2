package tidemark.gameday;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;

/**
 * A snapshot of the rollups table, as far as a game needs it.
 *
 * @param summary all that it says of itself
 */
record Commit(long snapshotId, Map<String, String> summary) {
  private static final String LINEAGE = "tidemark.lineage";
  private static final String CHECKPOINT = "tidemark.checkpoint";
  private static final String WATERMARK_MS = "tidemark.watermark-ms";
  private static final String FENCE = "tidemark.fence";
  private static final String OFFSETS = "tidemark.offsets";
  private static final TypeReference<Map<String, TreeMap<Integer, Long>>> TOPICS =
      new TypeReference<>() {};
  private static final String EPOCH = "tidemark.epoch";

  static Commit of(Snapshot snapshot) {
    return new Commit(snapshot.snapshotId(), snapshot.summary());
  }

  /** Whether the job's store made it, and not maintenance. */
  boolean isOfStore() {
    return summary.containsKey(LINEAGE);
  }

  /** Whether it is what one checkpoint covers, and not only the mark of a start. */
  boolean isEpoch() {
    return isOfStore() && !summary.containsKey(FENCE);
  }

  boolean addsFiles() {
    return Long.parseLong(summary.getOrDefault("added-data-files", "0")) > 0;
  }

  String lineage() {
    return summary.getOrDefault(LINEAGE, "");
  }

  /** What may be committed once only. */
  String identity() {
    return summary.get(LINEAGE) + "/" + summary.get(CHECKPOINT);
  }

  /** The epoch, or the checkpoint where a table has no epochs' names. */
  String epoch() {
    return summary.getOrDefault(EPOCH, summary.getOrDefault(CHECKPOINT, ""));
  }

  /** Next offset of each partition; none if it names none. */
  Map<Integer, Long> offsets(String topic) {
    return offsets(summary.getOrDefault(OFFSETS, "{}"), topic);
  }

  /** Those of one topic of {@code {"topic":{"0":123}}}. */
  static Map<Integer, Long> offsets(String json, String topic) {
    try {
      return new ObjectMapper().readValue(json, TOPICS).getOrDefault(topic, new TreeMap<>());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("offsets must be JSON, got " + json, e);
    }
  }

  long watermarkMs() {
    return Long.parseLong(summary.getOrDefault(WATERMARK_MS, Long.toString(Long.MIN_VALUE)));
  }
}
