package tidemark.gateway.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tidemark.state.MetricType;

/**
 * Which series belong together, and one of each group that stands for it: what a statement asks of
 * its series is the same for all of a group. Rows of one metric and type only ever share a group.
 *
 * <p>Costs some 40 bytes a series. Immutable; reading it is safe from any thread.
 */
public final class SeriesGroups {
  /** Of a series that is in no group. */
  static final int NONE = -1;

  private final Map<MetricType, IdTable> groups = new EnumMap<>(MetricType.class);
  private final List<Member> members;
  private final Set<String> metrics = new TreeSet<>();
  private final long[] ids;

  /** The series that stands for a group. */
  record Member(String metric, long seriesId, MetricType type) {}

  private SeriesGroups(Builder builder) {
    members = List.copyOf(builder.members);
    members.forEach(member -> metrics.add(member.metric()));
    int size = builder.numbers.size();
    long[] sorted = new long[size];
    Map<MetricType, Integer> sizes = new EnumMap<>(MetricType.class);
    for (int i = 0; i < size; i++) {
      sorted[i] = builder.ids.get(i);
      sizes.merge(members.get(builder.numbers.get(i)).type(), 1, Integer::sum);
    }
    sizes.forEach((type, ofType) -> groups.put(type, new IdTable(ofType)));
    for (int i = 0; i < size; i++) {
      int number = builder.numbers.get(i);
      groups.get(members.get(number).type()).put(sorted[i], number);
    }
    ids = Arrays.stream(sorted).sorted().distinct().toArray();
  }

  /** Collects series, each once. Not thread-safe. */
  public static final class Builder {
    private final List<Member> members = new ArrayList<>();
    private final List<Long> ids = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>(); // of groups, by place as the ids

    /** Adds a group of series of one metric and type. */
    public void addTogether(String metric, MetricType type, Object... seriesIds) {
      for (Object id : seriesIds) {
        ids.add((Long) id);
        numbers.add(members.size());
      }
      members.add(new Member(metric, (Long) seriesIds[0], type));
    }

    /** Adds series of one metric and type, each a group of its own. */
    public void addEach(String metric, MetricType type, Object... seriesIds) {
      for (Object id : seriesIds) {
        addTogether(metric, type, id);
      }
    }

    /** How many series there are so far. */
    public int series() {
      return ids.size();
    }

    public SeriesGroups build() {
      return new SeriesGroups(this);
    }
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

  /** Ids of those that stand for a group. */
  public List<Long> memberIds() {
    return members.stream().map(Member::seriesId).toList();
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
