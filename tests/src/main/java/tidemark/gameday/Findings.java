package tidemark.gameday;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a judge counted: what must be none, with examples for a person. Not thread-safe. */
final class Findings {
  private static final int EXAMPLES = 5;

  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, List<String>> examples = new TreeMap<>();

  /** One more of a kind of fault. */
  void fault(String kind, String example) {
    counts.merge(kind, 1L, Long::sum);
    List<String> texts = examples.computeIfAbsent(kind, absent -> new ArrayList<>());
    if (texts.size() < EXAMPLES) {
      texts.add(kind + ": " + example);
    }
  }

  long count(String kind) {
    return counts.getOrDefault(kind, 0L);
  }

  boolean isEmpty() {
    return counts.isEmpty();
  }

  /** Kinds with their counts. */
  String text() {
    return isEmpty() ? "GOOD" : "BAD: " + counts;
  }

  List<String> examples() {
    return examples.values().stream().flatMap(List::stream).toList();
  }
}
