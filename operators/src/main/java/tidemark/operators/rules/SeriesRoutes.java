package tidemark.operators.rules;

import javax.annotation.Nullable;

/**
 * Routes by series id: open addressing on primitive keys, since it is asked for every row of a
 * metric that any definition takes. About 16 to 32 bytes a series. Not thread-safe.
 */
final class SeriesRoutes {
  private static final int FIRST_CAPACITY = 1 << 10;

  private long[] keys = new long[FIRST_CAPACITY];
  private Route[][] values = new Route[FIRST_CAPACITY][];
  private int size;

  int size() {
    return size;
  }

  /** Null if nothing is known of the series. */
  @Nullable
  Route[] get(long seriesId) {
    return values[place(seriesId)];
  }

  void put(long seriesId, Route[] routes) {
    int place = place(seriesId);
    if (values[place] == null) {
      if (++size > keys.length / 2) {
        grow();
        place = place(seriesId);
      }
      keys[place] = seriesId;
    }
    values[place] = routes;
  }

  void clear() {
    keys = new long[FIRST_CAPACITY];
    values = new Route[FIRST_CAPACITY][];
    size = 0;
  }

  private int place(long seriesId) {
    int mask = keys.length - 1;
    int place = (((int) (seriesId ^ (seriesId >>> 32)) * 0x9E3779B9) >>> 7) & mask;
    while (values[place] != null && keys[place] != seriesId) {
      place = (place + 1) & mask;
    }
    return place;
  }

  private void grow() {
    long[] oldKeys = keys;
    Route[][] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new Route[oldKeys.length * 2][];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null) {
        int place = place(oldKeys[i]);
        keys[place] = oldKeys[i];
        values[place] = oldValues[i];
      }
    }
  }
}
