package tidemark.cli.notify;

import java.util.LinkedHashSet;
import java.util.Set;

/** The keys that were added last. Not thread-safe; about 150 bytes for each. */
final class RecentKeys {
  private final int limit;
  private final Set<String> keys = new LinkedHashSet<>();

  RecentKeys(int limit) {
    this.limit = limit;
  }

  boolean contains(String key) {
    return keys.contains(key);
  }

  /** Forgets the oldest one if there are too many. */
  void add(String key) {
    if (keys.add(key) && keys.size() > limit) {
      keys.remove(keys.iterator().next());
    }
  }
}
