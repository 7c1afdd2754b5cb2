package tidemark.gateway.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tidemark.state.MetricType;

/**
 * Which series belong together, and one of each group that stands for it: what a statement asks of
 * its series is the same for all of a group. Rows of one metric and type only ever share a group.
 *
 * <p>Costs some 30 bytes a series. Immutable once built; reading it is safe from any thread.
 */
public final class SeriesGroups {
  /** Of a series that is in no group. */
  static final int NONE = -1;

  private final Map<MetricType, IdTable> groups = new EnumMap<>(MetricType.class);
  private final List<Member> members = new ArrayList<>();
  private final Set<String> metrics = new TreeSet<>();
  private final long[] ids;

  /** The series that stands for a group. */
  record Member(String metric, long seriesId, MetricType type) {}

  /** A series and what a statement tells it by. */
  public record Entry(String metric, long seriesId, MetricType type, List<String> keys) {
    // keys may hold null for a tag that the series does not have, so they are not copied
  }

  private record Key(String metric, MetricType type, List<String> keys) {}

  public SeriesGroups(List<Entry> entries) {
    Map<Key, Integer> numbers = new HashMap<>();
    Map<MetricType, Integer> sizes = new EnumMap<>(MetricType.class);
    entries.forEach(entry -> sizes.merge(entry.type(), 1, Integer::sum));
    sizes.forEach((type, size) -> groups.put(type, new IdTable(size)));
    for (Entry entry : entries) {
      Key key = new Key(entry.metric(), entry.type(), entry.keys());
      Integer number = numbers.get(key);
      if (number == null) {
        number = members.size();
        numbers.put(key, number);
        members.add(new Member(entry.metric(), entry.seriesId(), entry.type()));
        metrics.add(entry.metric());
      }
      groups.get(entry.type()).put(entry.seriesId(), number);
    }
    ids = entries.stream().mapToLong(Entry::seriesId).sorted().distinct().toArray();
  }

  public int size() {
    return members.size();
  }

  Set<String> metrics() {
    return metrics;
  }

  Member member(int group) {
    return members.get(group);
  }

  /** Groups of the series of a type, by id. */
  IdTable ofType(MetricType type) {
    return groups.getOrDefault(type, IdTable.EMPTY);
  }

  /** All ids, ascending. */
  public List<Long> ids() {
    return Arrays.stream(ids).boxed().toList();
  }

  long[] sortedIds() {
    return ids;
  }

  /** Ids and the groups they belong to: open addressing, at most half full. */
  static final class IdTable {
    static final IdTable EMPTY = new IdTable(0);

    private final long[] keys;
    private final int[] numbers;
    private final int mask;

    IdTable(int size) {
      int capacity = Integer.highestOneBit(Math.max(2, size * 2 - 1)) << 1;
      keys = new long[capacity];
      numbers = new int[capacity];
      Arrays.fill(numbers, NONE);
      mask = capacity - 1;
    }

    void put(long id, int number) {
      int at = place(id);
      keys[at] = id;
      numbers[at] = number;
    }

    int get(long id) {
      return numbers[place(id)];
    }

    /** Ids are hashes: their low bits spread well. */
    private int place(long id) {
      int at = (int) (id ^ id >>> 32) & mask;
      while (numbers[at] != NONE && keys[at] != id) {
        at = (at + 1) & mask;
      }
      return at;
    }
  }
}
