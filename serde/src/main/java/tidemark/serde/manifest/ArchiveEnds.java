package tidemark.serde.manifest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.util.JsonUtil;

/**
 * How far the archive has come at a snapshot.
 *
 * @param offsets by topic and partition, the offset behind the last that the table speaks for
 * @param topicIds Kafka's id of each of the topics
 */
record ArchiveEnds(
    SortedMap<String, SortedMap<Integer, Long>> offsets, SortedMap<String, String> topicIds) {
  private static final TypeReference<TreeMap<String, SortedMap<Integer, Long>>> OFFSETS =
      new TypeReference<>() {};
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  /**
   * At the nearest snapshot that says so; other tools' snapshots change no offset.
   *
   * @param ancestors from the newest backwards
   */
  static ArchiveEnds of(Iterable<Snapshot> ancestors) {
    for (Snapshot snapshot : ancestors) {
      Map<String, String> summary = snapshot.summary();
      String ends = summary.get(ArchiveKeys.ENDS);
      if (ends != null) {
        return new ArchiveEnds(
            read(ArchiveKeys.ENDS, ends, OFFSETS),
            read(ArchiveKeys.TOPICS, summary.getOrDefault(ArchiveKeys.TOPICS, "{}"), TEXTS));
      }
    }
    return new ArchiveEnds(new TreeMap<>(), new TreeMap<>());
  }

  private static <T> T read(String key, String json, TypeReference<T> type) {
    try {
      return JsonUtil.mapper().readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("%s is not what it should be: %s".formatted(key, json), e);
    }
  }

  static String json(Object map) {
    try {
      return JsonUtil.mapper().writeValueAsString(map);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of texts and numbers can always be written", e);
    }
  }

  /** 0 for a partition that the table does not know. */
  long end(String topic, int partition) {
    SortedMap<Integer, Long> ofTopic = offsets.get(topic);
    return ofTopic == null ? 0 : ofTopic.getOrDefault(partition, 0L);
  }
}
