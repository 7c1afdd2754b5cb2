package tidemark.operators.rollup;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackend;
import tidemark.operators.KeyGroups;
import tidemark.serde.flink.RunKey;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;

/**
 * The open windows of one tier in one task: a write-behind cache over keyed state.
 *
 * <p>State per key group: the runs of its open windows. A run is written before a barrier if its
 * window changed since the last one, or when the memory budget is reached; all runs of a window are
 * removed when it closes. Nothing is ever read before that: runs are merged, not looked up.
 *
 * <p>Memory: the tables, those of closed windows that wait for the next ones among them, at most
 * the budget, a batch and the window that is closed; state in between barriers adds what was
 * spilled. Not thread-safe.
 */
final class OpenWindows {
  // Where series are few and windows are many, each table has a row or two.
  private static final int SMALL_TABLE = 2;
  // A table of this many rows becomes a run: more would not fit the CPU's cache, nor their bytes
  // comfortably one value of RocksDB, nor their names the u16 that numbers them in a run.
  private static final int MAX_ROWS_IN_MEMORY = 1 << 16;

  private final KeyGroups keyGroups;
  private final KeyGroupRange range;
  private final KeyedStateBackend<Integer> backend;
  private final MapState<RunKey, byte[]> runs;
  private final long memoryBudgetBytes;

  private final List<TreeMap<Long, OpenWindow>> byGroup = new ArrayList<>();
  private final long[] newestStartMs; // of a window that ever was, by group
  private final int[] expectedRows; // of the next one: as many as the last one had
  private final Deque<PartialTable> pool = new ArrayDeque<>(); // emptied
  private long pooledBytes;
  private final PartialRow row = new PartialRow();
  private final PartialReader reader;
  private final PartialWriter writer;

  private int count;
  private long memoryBytes;
  private long runsSpilled;

  OpenWindows(
      KeyGroups keyGroups,
      KeyGroupRange range,
      KeyedStateBackend<Integer> backend,
      MapState<RunKey, byte[]> runs,
      MetricNames names,
      long memoryBudgetBytes) {
    this.keyGroups = keyGroups;
    this.range = range;
    this.backend = backend;
    this.runs = runs;
    this.memoryBudgetBytes = memoryBudgetBytes;
    reader = new PartialReader(names);
    writer = new PartialWriter(names, new PartialBatch(1 << 16));
    newestStartMs = new long[range.getNumberOfKeyGroups()];
    Arrays.fill(newestStartMs, Long.MIN_VALUE);
    expectedRows = new int[range.getNumberOfKeyGroups()];
    Arrays.fill(expectedRows, SMALL_TABLE);
    for (int i = 0; i < range.getNumberOfKeyGroups(); i++) {
      byGroup.add(new TreeMap<>());
    }
  }

  /** Finds the runs that a restore brought; their rows stay in state until their window closes. */
  void restore() throws Exception {
    for (int group = range.getStartKeyGroup(); group <= range.getEndKeyGroup(); group++) {
      backend.setCurrentKey(keyGroups.keyOf(group));
      for (RunKey key : runs.keys()) {
        OpenWindow window = open(group, key.windowStartMs());
        window.homeRun = Math.max(window.homeRun, key.run() + 1);
        window.table = null;
        account(window);
      }
    }
  }

  /** The window, which is opened if it is not. */
  OpenWindow open(int group, long startMs) {
    NavigableMap<Long, OpenWindow> windows = windowsOf(group);
    OpenWindow window = windows.get(startMs);
    if (window == null) {
      window = start(group, startMs);
      windows.put(startMs, window);
      count++;
      account(window);
    }
    return window;
  }

  /** A window that comes late takes few rows, and there may be very many of its kind. */
  private OpenWindow start(int group, long startMs) {
    int place = group - range.getStartKeyGroup();
    if (startMs < newestStartMs[place]) {
      return new OpenWindow(group, startMs, true, new PartialTable(SMALL_TABLE));
    }
    newestStartMs[place] = startMs;
    return new OpenWindow(group, startMs, false, wholeTable(expectedRows[place]));
  }

  /**
   * For all rows of a window: one that was emptied, which may have to grow, or one of that size.
   */
  private PartialTable wholeTable(int rows) {
    if (pool.isEmpty()) {
      return new PartialTable(rows);
    }
    PartialTable table = pool.pop();
    pooledBytes -= table.memoryBytes();
    return table;
  }

  /** Keeps an emptied table for a window to come, if there is memory for it. */
  private void recycle(PartialTable table) {
    table.clear();
    if (memoryBytes + pooledBytes + table.memoryBytes() <= memoryBudgetBytes) {
      pooledBytes += table.memoryBytes();
      pool.push(table);
    }
  }

  /**
   * Where rows of the window are merged; it must be marked dirty before anything can spill it.
   * Behind a table that was spilled comes one of half its size: one that grows from nothing copies
   * each row twice, and one of its size would take all the memory that the spill gave back.
   */
  PartialTable tableOf(OpenWindow window) {
    if (window.table == null) {
      window.table = new PartialTable(Math.max(SMALL_TABLE, window.spilledRows / 2));
    }
    return window.table;
  }

  /** Whether the window takes no further row before {@link #changed} was called. */
  static boolean isFull(OpenWindow window) {
    return window.table != null && window.table.size() >= MAX_ROWS_IN_MEMORY;
  }

  /** To be called after rows were merged into the table of a window that was marked dirty. */
  void changed(OpenWindow window) throws Exception {
    account(window);
    if (isFull(window)) {
      spill(window);
    }
    while (memoryBytes + pooledBytes > memoryBudgetBytes && !pool.isEmpty()) {
      pooledBytes -= pool.removeLast().memoryBytes();
    }
    if (memoryBytes > memoryBudgetBytes) {
      spillLargest();
    }
  }

  private void account(OpenWindow window) {
    long bytes = window.table == null ? 0 : window.table.memoryBytes();
    memoryBytes += bytes - window.accountedBytes;
    window.accountedBytes = bytes;
  }

  /** Pairs of key group and window. */
  int count() {
    return count;
  }

  long memoryBytes() {
    return memoryBytes + pooledBytes;
  }

  /** Runs written because memory was short, since the task started. */
  long runsSpilled() {
    return runsSpilled;
  }

  /** Windows of the group that start before that time, oldest first; a copy. */
  Collection<OpenWindow> startingBefore(int group, long endMs) {
    NavigableMap<Long, OpenWindow> windows = windowsOf(group);
    if (windows.isEmpty() || windows.firstKey() >= endMs) {
      return List.of();
    }
    return new ArrayList<>(windows.headMap(endMs, false).values());
  }

  /** Brings all of the window into its table and takes its runs out of state. */
  PartialTable gather(OpenWindow window) throws Exception {
    if (window.homeRun > 0 && !window.isLate) {
      int rows = expectedRows[window.keyGroup - range.getStartKeyGroup()];
      gatherInto(wholeTable(rows), window);
    }
    PartialTable table = tableOf(window);
    if (window.homeRun > 0 || window.isHomeStored) {
      backend.setCurrentKey(keyGroups.keyOf(window.keyGroup));
      for (int run = 0; run < window.homeRun; run++) {
        RunKey key = new RunKey(window.startMs, run);
        byte[] bytes = runs.get(key);
        if (bytes == null) {
          throw new IllegalStateException(
              "run %s of the window at %s ms of key group %s is missing in state"
                  .formatted(run, window.startMs, window.keyGroup));
        }
        reader.open(bytes, bytes.length);
        while (reader.next(row)) {
          table.merge(row);
        }
        runs.remove(key);
      }
      if (window.isHomeStored) {
        runs.remove(new RunKey(window.startMs, window.homeRun));
      }
    }
    return table;
  }

  /** What was left in memory is part of a window; the other gets all of it. */
  private void gatherInto(PartialTable whole, OpenWindow window) {
    PartialTable part = window.table;
    window.table = whole;
    if (part != null) {
      for (int i = 0; i < part.size(); i++) {
        part.read(i, row);
        whole.merge(row);
      }
    }
    account(window);
    if (part != null) {
      recycle(part);
    }
  }

  /** Forgets a window whose rows were sent on. */
  void close(OpenWindow window) {
    windowsOf(window.keyGroup).remove(window.startMs);
    count--;
    memoryBytes -= window.accountedBytes;
    if (window.isLate) {
      return;
    }
    expectedRows[window.keyGroup - range.getStartKeyGroup()] =
        Math.max(SMALL_TABLE, window.table.size());
    recycle(window.table);
  }

  /** Writes what changed since the last barrier. */
  void writeDirty() throws Exception {
    for (TreeMap<Long, OpenWindow> windows : byGroup) {
      for (OpenWindow window : windows.values()) {
        if (window.isDirty) {
          writeHome(window);
        }
      }
    }
  }

  private void writeHome(OpenWindow window) throws Exception {
    writer.begin(window.keyGroup, PartialBatch.OPEN);
    for (int i = 0; i < window.table.size(); i++) {
      window.table.read(i, row);
      writer.write(row);
    }
    backend.setCurrentKey(keyGroups.keyOf(window.keyGroup));
    runs.put(new RunKey(window.startMs, window.homeRun), writer.batch().toBytes());
    window.isHomeStored = true;
    window.isDirty = false;
  }

  private void spill(OpenWindow window) throws Exception {
    if (window.isDirty) {
      writeHome(window);
    }
    window.homeRun++;
    window.spilledRows = window.table.size();
    window.isHomeStored = false;
    PartialTable table = window.table;
    window.table = null;
    runsSpilled++;
    account(window);
    if (!window.isLate) {
      recycle(table);
    }
  }

  /** Largest first: most memory for the fewest runs. */
  private void spillLargest() throws Exception {
    List<OpenWindow> largest = new ArrayList<>();
    for (TreeMap<Long, OpenWindow> windows : byGroup) {
      for (OpenWindow window : windows.values()) {
        if (window.table != null && window.table.size() > 0) {
          largest.add(window);
        }
      }
    }
    largest.sort((a, b) -> Long.compare(b.accountedBytes, a.accountedBytes));
    for (OpenWindow window : largest) {
      if (memoryBytes <= memoryBudgetBytes / 2) {
        return;
      }
      spill(window);
    }
  }

  private NavigableMap<Long, OpenWindow> windowsOf(int group) {
    return byGroup.get(group - range.getStartKeyGroup());
  }
}
