package tidemark.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Watches the main job's roll-up tasks and tells the longest time in which one of them moved
 * neither row nor series although there was input: a barrier that is passed, a file that is
 * written, a collection.
 */
final class Stalls implements AutoCloseable {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** What one task has done, when that was seen first, and its time without input until then. */
  private record Seen(long rows, long atNanos, long idleMs) {}

  private final long lastRecord;
  private final Thread thread = new Thread(this::watch, "stalls");
  private volatile boolean isClosed;
  private volatile long longestNanos;
  private volatile long mostWindowBytes;
  private volatile long mostCheckpointBytes;

  /**
   * @param lastRecord when so many records are read, tasks have a reason to stand still
   */
  Stalls(long lastRecord) {
    this.lastRecord = lastRecord;
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    Map<String, Seen> tasks = new HashMap<>();
    while (!isClosed && ProcessCounters.recordsRead() < lastRecord) {
      long now = System.nanoTime();
      ProcessCounters.rowsByTask()
          .forEach(
              (task, rows) -> {
                Seen before = tasks.get(task);
                if (before == null || before.rows != rows) {
                  Seen seen = new Seen(rows, now, ProcessCounters.idleMs(task));
                  tasks.put(task, seen);
                  longestNanos = Math.max(longestNanos, before == null ? 0 : stall(before, seen));
                }
              });
      mostWindowBytes = Math.max(mostWindowBytes, ProcessCounters.windowBytes());
      mostCheckpointBytes = Math.max(mostCheckpointBytes, ProcessCounters.checkpointBytes());
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static long stall(Seen before, Seen after) {
    return after.atNanos
        - before.atNanos
        - TimeUnit.MILLISECONDS.toNanos(after.idleMs - before.idleMs);
  }

  double longestSeconds() {
    return longestNanos / 1e9;
  }

  /** Heap that the open windows of all tiers and tasks took at most. */
  long mostWindowBytes() {
    return mostWindowBytes;
  }

  /** Bytes that a checkpoint wrote at most. */
  long mostCheckpointBytes() {
    return mostCheckpointBytes;
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
