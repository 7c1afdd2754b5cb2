package tidemark.cli.agent;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Turns running totals, as systems keep them, into deltas, as counters are sent.
 *
 * <p>The first total of a key gives no delta: what it counted before the agent looked belongs to no
 * second. A total below the last one means that the count began anew, so all of it is the delta.
 * Holds one number for each key of the last round: {@link #endRound} removes the others. Not
 * thread-safe.
 */
final class CounterDeltas {
  private Map<String, Long> last = new HashMap<>();
  private Map<String, Long> next = new HashMap<>();

  /** What was counted since the last round; empty if the key is new. */
  OptionalLong delta(String key, long total) {
    next.put(key, total);
    Long before = last.get(key);
    if (before == null) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(total >= before ? total - before : total);
  }

  /** Forgets the keys that were not seen since the last call. */
  void endRound() {
    last = next;
    next = new HashMap<>();
  }

  int size() {
    return last.size();
  }
}
