package tidemark.gateway.scan;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import tidemark.serde.table.StoredColumns;

/**
 * One scan that was planned: the rows to read, and how many threads may. It runs before the engine
 * does, or when the engine asks for its rows, each time anew.
 */
final class StoredScan {
  /** Threads of one scan: more would each hold cells of their own. */
  private static final int MAX_THREADS = 8;

  /** So that threads end together though an hour of a metric is one row group or two. */
  static final int PART_ROWS = 1 << 16;

  private final ScanRequest request;
  private final RowGroupFilter filter;
  private final ScanGrid grid;
  private final List<Part> parts = new ArrayList<>();
  private final Executor threads;
  private final int threadCount;
  private final BooleanSupplier isCancelled;
  private final AtomicReference<ScanCells> ready = new AtomicReference<>();

  /** Rows of a row group, the last one exclusive. */
  private record Part(StoredColumns file, int rowGroup, long from, long to) {}

  /**
   * @param threads that help the one that asks
   * @param maxBytes of cells; fewer threads read if each had too many of its own
   * @param partRows most rows that a thread reads at once, {@link #PART_ROWS} but in tests
   */
  StoredScan(
      ScanRequest request,
      Executor threads,
      int processors,
      long maxBytes,
      int partRows,
      BooleanSupplier isCancelled) {
    this.request = request;
    this.threads = threads;
    this.isCancelled = isCancelled;
    filter = new RowGroupFilter(request);
    grid = new ScanGrid(request);
    for (StoredColumns file : request.files()) {
      for (int group = 0; group < file.rowGroups(); group++) {
        if (filter.mayHold(file, group)) {
          addParts(file, group, partRows);
        }
      }
    }
    long fitting = maxBytes / Math.max(1, bytesPerThread());
    threadCount =
        (int) Math.min(Math.min(parts.size(), fitting), Math.min(processors, MAX_THREADS));
  }

  private void addParts(StoredColumns file, int group, int partRows) {
    long[] ranges = filter.rows(file, group);
    for (int i = 0; i < ranges.length; i += 2) {
      for (long row = ranges[i]; row < ranges[i + 1]; row += partRows) {
        parts.add(new Part(file, group, row, Math.min(row + partRows, ranges[i + 1])));
      }
    }
  }

  ScanRequest request() {
    return request;
  }

  ScanGrid grid() {
    return grid;
  }

  /** Heap of its cells, about; more than is allowed if it must not run. */
  long bytes() {
    return bytesPerThread() * Math.max(1, threadCount);
  }

  private long bytesPerThread() {
    long cells = grid.cells();
    return cells > Integer.MAX_VALUE / 2
        ? Long.MAX_VALUE / MAX_THREADS
        : cells * ScanCells.bytesPerCell(request.columns());
  }

  /**
   * Reads and merges for whoever takes the cells first.
   *
   * @throws ScanException if it did not come to its end
   */
  void runAhead() {
    ready.set(run());
  }

  /**
   * Merged cells, for one reader: those that are ready, or else it runs.
   *
   * @throws ScanException if it did not come to its end
   */
  ScanCells take() {
    ScanCells cells = ready.getAndSet(null);
    return cells == null ? run() : cells;
  }

  /** Lets go of cells that nobody took. */
  void forget() {
    ready.set(null);
  }

  /**
   * Reads and merges.
   *
   * @throws ScanException if it did not come to its end
   */
  ScanCells run() {
    AtomicInteger next = new AtomicInteger();
    List<Helper> helpers = new ArrayList<>();
    for (int i = 1; i < threadCount; i++) {
      Helper helper = new Helper(next);
      helpers.add(helper);
      threads.execute(helper);
    }
    try {
      ScanCells all = read(next);
      for (Helper helper : helpers) {
        if (helper.hasBegun()) {
          all.merge(helper.cells.join());
        }
      }
      return all;
    } catch (CompletionException e) {
      throw e.getCause() instanceof ScanException ended
          ? ended
          : new ScanException(ScanException.Reason.UNREADABLE, e);
    } finally {
      next.set(parts.size()); // or those who still read would go on for nothing
    }
  }

  /** Another thread's part in it, unless all was read before that thread had time. */
  private final class Helper implements Runnable {
    private final AtomicInteger next;
    private final AtomicBoolean isTaken = new AtomicBoolean();
    private final CompletableFuture<ScanCells> cells = new CompletableFuture<>();

    Helper(AtomicInteger next) {
      this.next = next;
    }

    @Override
    public void run() {
      if (isTaken.compareAndSet(false, true)) {
        try {
          cells.complete(read(next));
        } catch (Throwable e) { // whoever waits must hear of it
          cells.completeExceptionally(e);
        }
      }
    }

    boolean hasBegun() {
      return !isTaken.compareAndSet(false, true);
    }
  }

  private ScanCells read(AtomicInteger next) {
    ScanCells cells = new ScanCells((int) grid.cells(), request.columns());
    try (RowGroupScan scan = new RowGroupScan(request, filter, grid, cells, isCancelled)) {
      for (int i = next.getAndIncrement(); i < parts.size(); i = next.getAndIncrement()) {
        Part part = parts.get(i);
        scan.merge(part.file(), part.rowGroup(), part.from(), part.to());
      }
      return cells;
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new ScanException(ScanException.Reason.UNREADABLE, e);
    }
  }
}
