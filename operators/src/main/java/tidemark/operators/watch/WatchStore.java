package tidemark.operators.watch;

import java.util.function.Predicate;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;
import tidemark.operators.KeyGroups;
import tidemark.serde.flink.GroupState;
import tidemark.serde.flink.GroupStateSerializer;
import tidemark.serde.flink.JudgedWindow;
import tidemark.serde.flink.JudgedWindowSerializer;
import tidemark.serde.flink.RunSerializer;
import tidemark.serde.flink.SeriesTimeKey;
import tidemark.serde.flink.SeriesTimeKeySerializer;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SeriesIdentity;

/**
 * The keyed state of the monitors. Per key group:
 *
 * <ul>
 *   <li>{@code watched-groups}: one entry per group announced, about 200 bytes, also of those that
 *       were refused or forgotten and stand nowhere else; removed when the monitor's version has
 *       ended and its verdicts are no longer amended
 *   <li>{@code watched-panes}: the rows of 10 s of each group, one entry for each five minutes of
 *       window and amend horizon, and one more; removed as the watermark passes
 *   <li>{@code judged-windows}: the last word on each window of the amend horizon and on those that
 *       are not complete, 39 bytes each; removed as the watermark passes
 * </ul>
 *
 * <p>Adding a row reads and writes one entry of at most 30 rows; a window costs a look-up for each
 * five minutes and a merge for each pane. A start, and the end of a version, read all groups. Not
 * thread-safe.
 */
final class WatchStore {
  private static final long BLOCK_MS = 300_000;
  private static final int BLOCK_PANES = 32;

  // Part of every savepoint: a new name is a new, empty state.
  private static final MapStateDescriptor<Long, GroupState> GROUPS =
      new MapStateDescriptor<>(
          "watched-groups", LongSerializer.INSTANCE, GroupStateSerializer.INSTANCE);
  private static final MapStateDescriptor<SeriesTimeKey, byte[]> PANES =
      new MapStateDescriptor<>(
          "watched-panes", SeriesTimeKeySerializer.INSTANCE, RunSerializer.INSTANCE);
  private static final MapStateDescriptor<SeriesTimeKey, JudgedWindow> JUDGED =
      new MapStateDescriptor<>(
          "judged-windows", SeriesTimeKeySerializer.INSTANCE, JudgedWindowSerializer.INSTANCE);

  private final KeyGroups keyGroups;
  private final KeyedStateBackend<Integer> backend;
  private final MapState<Long, GroupState> groups;
  private final MapState<SeriesTimeKey, byte[]> panes;
  private final MapState<SeriesTimeKey, JudgedWindow> judged;

  private final PartialReader reader;
  private final PartialWriter writer;
  private final PartialTable table = new PartialTable(BLOCK_PANES);
  private final PartialRow row = new PartialRow();

  /**
   * @param names numbers of the rows that it is given
   */
  WatchStore(
      KeyGroups keyGroups,
      KeyedStateBackend<Integer> backend,
      StreamingRuntimeContext context,
      MetricNames names) {
    this.keyGroups = keyGroups;
    this.backend = backend;
    groups = context.getMapState(GROUPS);
    panes = context.getMapState(PANES);
    judged = context.getMapState(JUDGED);
    reader = new PartialReader(names);
    writer = new PartialWriter(names, new PartialBatch(1 << 12));
  }

  /** Takes a group that a restore brought. */
  interface Restored {
    void accept(int keyGroup, long seriesId, GroupState group);
  }

  void restore(KeyGroupRange range, Restored restored) throws Exception {
    for (int keyGroup = range.getStartKeyGroup(); keyGroup <= range.getEndKeyGroup(); keyGroup++) {
      backend.setCurrentKey(keyGroups.keyOf(keyGroup));
      for (var entry : groups.entries()) {
        restored.accept(keyGroup, entry.getKey(), entry.getValue());
      }
    }
  }

  boolean has(int keyGroup, long seriesId) throws Exception {
    backend.setCurrentKey(keyGroups.keyOf(keyGroup));
    return groups.contains(seriesId);
  }

  @Nullable
  GroupState group(int keyGroup, long seriesId) throws Exception {
    backend.setCurrentKey(keyGroups.keyOf(keyGroup));
    return groups.get(seriesId);
  }

  void write(WatchedGroup group) throws Exception {
    use(group);
    groups.put(group.seriesId, group.toState());
    group.isDirty = false;
  }

  private void use(WatchedGroup group) {
    backend.setCurrentKey(keyGroups.keyOf(group.keyGroup));
  }

  // ---- panes

  /** Merges a row of 10 s into those of its group. */
  void add(WatchedGroup group, PartialRow added) throws Exception {
    use(group);
    long blockMs = blockOf(added.windowStartMs);
    SeriesTimeKey key = new SeriesTimeKey(group.seriesId, blockMs);
    table.clear();
    byte[] bytes = panes.get(key);
    if (bytes != null) {
      reader.open(bytes, bytes.length);
      while (reader.next(row)) {
        table.merge(row);
      }
    }
    table.merge(added);
    writer.begin(group.keyGroup, PartialBatch.OPEN);
    for (int i = 0; i < table.size(); i++) {
      table.read(i, row);
      writer.write(row);
    }
    panes.put(key, writer.batch().toBytes());
    if (group.oldestBlockMs == WatchedGroup.NONE || blockMs < group.oldestBlockMs) {
      group.oldestBlockMs = blockMs;
      group.isDirty = true;
    }
  }

  /**
   * Fills the row with all that lies in a window.
   *
   * @return false if nothing does, and then the row is as it was
   */
  boolean window(WatchedGroup group, long startMs, long endMs, PartialRow window) throws Exception {
    if (group.times.isEmpty()) {
      return false;
    }
    use(group);
    table.clear();
    for (long blockMs = blockOf(startMs); blockMs < endMs; blockMs += BLOCK_MS) {
      byte[] bytes = panes.get(new SeriesTimeKey(group.seriesId, blockMs));
      if (bytes == null) {
        continue;
      }
      reader.open(bytes, bytes.length);
      while (reader.next(row)) {
        if (row.windowStartMs >= startMs && row.windowStartMs < endMs) {
          table.mergeAs(row, startMs);
        }
      }
    }
    if (table.size() == 0) {
      return false;
    }
    table.read(0, window);
    return true;
  }

  private static long blockOf(long timeMs) {
    return timeMs - Math.floorMod(timeMs, BLOCK_MS);
  }

  // ---- words

  @Nullable
  JudgedWindow judged(WatchedGroup group, long endMs) throws Exception {
    use(group);
    return judged.get(new SeriesTimeKey(group.seriesId, endMs));
  }

  void putJudged(WatchedGroup group, long endMs, JudgedWindow window) throws Exception {
    use(group);
    judged.put(new SeriesTimeKey(group.seriesId, endMs), window);
    group.judged(endMs);
  }

  // ---- removal

  /**
   * Removes what no amendment needs.
   *
   * @param panesMs panes that start before it go, in whole blocks
   * @param judgedMs the words on windows that end at it or before go
   */
  void removeUpTo(WatchedGroup group, long stepMs, long panesMs, long judgedMs) throws Exception {
    use(group);
    long lastPaneMs = group.times.lastMs();
    while (group.oldestBlockMs != WatchedGroup.NONE && group.oldestBlockMs + BLOCK_MS <= panesMs) {
      panes.remove(new SeriesTimeKey(group.seriesId, group.oldestBlockMs));
      group.oldestBlockMs += BLOCK_MS;
      if (group.oldestBlockMs > lastPaneMs) {
        group.oldestBlockMs = WatchedGroup.NONE;
      }
      group.isDirty = true;
    }
    while (group.oldestJudgedMs != WatchedGroup.NONE && group.oldestJudgedMs <= judgedMs) {
      judged.remove(new SeriesTimeKey(group.seriesId, group.oldestJudgedMs));
      group.oldestJudgedMs += stepMs;
      if (group.oldestJudgedMs > group.newestJudgedMs) {
        group.oldestJudgedMs = WatchedGroup.NONE;
        group.newestJudgedMs = WatchedGroup.NONE;
      }
      group.isDirty = true;
    }
  }

  /** Removes all of a group. */
  void remove(WatchedGroup group, long stepMs) throws Exception {
    removeUpTo(group, stepMs, Long.MAX_VALUE, Long.MAX_VALUE);
    groups.remove(group.seriesId);
  }

  /**
   * Removes groups of which nothing but their own entry is in state. Reads the entries of all
   * groups, some microseconds each, until it has found as many as there are.
   *
   * @param most how many there are
   * @param isOver which they are
   */
  void removeGroups(KeyGroupRange range, long most, Predicate<SeriesIdentity> isOver)
      throws Exception {
    long left = most;
    for (int keyGroup = range.getStartKeyGroup();
        keyGroup <= range.getEndKeyGroup() && left > 0;
        keyGroup++) {
      backend.setCurrentKey(keyGroups.keyOf(keyGroup));
      for (var entries = groups.iterator(); entries.hasNext() && left > 0; ) {
        if (isOver.test(entries.next().getValue().series())) {
          entries.remove();
          left--;
        }
      }
    }
  }
}
