package tidemark.operators.rules;

import java.util.BitSet;
import javax.annotation.Nullable;

/**
 * Routes by series id: open addressing on primitive keys, since it is asked for every row of a
 * metric that any definition takes. About 20 to 40 bytes a series. Not thread-safe.
 */
final class SeriesRoutes {
  private static final int FIRST_CAPACITY = 1 << 10;

  private long[] keys = new long[FIRST_CAPACITY];
  private int[] names = new int[FIRST_CAPACITY];
  private Route[][] values = new Route[FIRST_CAPACITY][];
  private int size;
  private long places;

  /** Series, and the places where they go. */
  long entries() {
    return size + places;
  }

  /** Null if nothing is known of the series. */
  @Nullable
  Route[] get(long seriesId) {
    return values[place(seriesId)];
  }

  /**
   * Keeps what nothing is known of yet.
   *
   * @param name number of the series' name
   */
  void put(long seriesId, int name, Route[] routes) {
    if (++size > keys.length / 2) {
      grow();
    }
    places += routes.length;
    set(seriesId, name, routes);
  }

  private void set(long seriesId, int name, Route[] routes) {
    int place = place(seriesId);
    keys[place] = seriesId;
    names[place] = name;
    values[place] = routes;
  }

  void clear() {
    allocate(FIRST_CAPACITY);
    size = 0;
    places = 0;
  }

  /** Forgets the series with those numbers of names. Costs a look at each series. */
  void forget(BitSet forgotten) {
    long[] oldKeys = keys;
    int[] oldNames = names;
    Route[][] oldValues = values;
    clear();
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null && !forgotten.get(oldNames[i])) {
        put(oldKeys[i], oldNames[i], oldValues[i]);
      }
    }
  }

  private void allocate(int capacity) {
    keys = new long[capacity];
    names = new int[capacity];
    values = new Route[capacity][];
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
    int[] oldNames = names;
    Route[][] oldValues = values;
    allocate(oldKeys.length * 2);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldValues[i] != null) {
        set(oldKeys[i], oldNames[i], oldValues[i]);
      }
    }
  }
}
