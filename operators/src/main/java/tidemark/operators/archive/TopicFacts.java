package tidemark.operators.archive;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.Set;

/** What only the brokers know of topics. Trouble is an {@link IOException}: asked again later. */
public interface TopicFacts extends Serializable {
  /** Ids by topic, unlike that of any topic that was or will be. */
  Map<String, String> ids(Set<String> topics) throws IOException;

  /** By topic and partition, the first offset that is still there. */
  Map<String, Map<Integer, Long>> logStarts(Map<String, Set<Integer>> partitions)
      throws IOException;
}
