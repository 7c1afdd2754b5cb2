package tidemark.operators.archive;

import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where a source without restored state begins to read: at these offsets, and in all other
 * partitions at the first that Kafka has.
 */
public record StartOffsets(SortedMap<String, SortedMap<Integer, Long>> offsets)
    implements Serializable {

  public StartOffsets {
    SortedMap<String, SortedMap<Integer, Long>> copy = new TreeMap<>();
    offsets.forEach((topic, ofTopic) -> copy.put(topic, new TreeMap<>(ofTopic)));
    offsets = copy;
  }

  /** Nothing was read before. */
  public static StartOffsets none() {
    return new StartOffsets(new TreeMap<>(Map.of()));
  }
}
