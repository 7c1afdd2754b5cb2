package tidemark.gateway.scan;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import tidemark.serde.table.StoredColumns;

/**
 * All scans of an engine: their threads, their memory, the files that they have open.
 *
 * <p>Thread-safe. Bounds: {@link #MAX_FILES} files open; cells of all scans together take at most a
 * quarter of the heap, those of one a quarter of that.
 */
public final class Scans implements AutoCloseable {
  private static final int MAX_FILES = 2_000;
  private static final int SHARE = 4;

  private final ScanFunction function = new ScanFunction();
  private final int processors = Runtime.getRuntime().availableProcessors();
  private final long maxBytes = Runtime.getRuntime().maxMemory() / SHARE;
  private final ExecutorService threads;
  private final Map<Path, Optional<StoredColumns>> files =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Optional<StoredColumns>> eldest) {
          return size() > MAX_FILES;
        }
      };
  private long usedBytes;

  public Scans(Connection engine) throws SQLException {
    threads =
        Executors.newFixedThreadPool(
            processors,
            task -> {
              Thread thread = new Thread(task, "scan");
              thread.setDaemon(true);
              return thread;
            });
    function.register(engine);
  }

  /** A planned scan; its rows can be read until it is closed. */
  public final class Scan implements AutoCloseable {
    private final long number;
    private final String sql;
    private final StoredScan scan;
    private boolean isClosed;

    private Scan(long number, StoredScan scan, int tierSeconds) {
      this.number = number;
      this.scan = scan;
      function.add(number, scan);
      sql =
          ScanFunction.select(number, tierSeconds, List.copyOf(scan.request().groups().metrics()));
    }

    /**
     * Merges its rows now, on this thread and others: while the engine waits for a table function,
     * its threads and the one that asks spin, and take processors from the scan.
     *
     * @throws SQLException as the engine throws it, which tells what it ends with
     */
    public void runAhead() throws SQLException {
      try {
        scan.runAhead();
      } catch (ScanException e) {
        e.log();
        throw new SQLException(e.getMessage(), e);
      }
    }

    /** A SELECT of its rows, with the columns of stored rows and their resolution. */
    public String sql() {
      return sql;
    }

    @Override
    public synchronized void close() {
      if (!isClosed) {
        isClosed = true;
        function.remove(number);
        scan.forget();
        giveBack(scan.bytes());
      }
    }
  }

  /** Opens files; empty if one of them is laid out in a way that scans do not know. */
  public Optional<List<StoredColumns>> open(List<Path> paths) throws IOException {
    List<StoredColumns> opened = new ArrayList<>(paths.size());
    for (Path path : paths) {
      Optional<StoredColumns> file = open(path);
      if (file.isEmpty()) {
        return Optional.empty();
      }
      opened.add(file.get());
    }
    return Optional.of(opened);
  }

  private Optional<StoredColumns> open(Path path) throws IOException {
    synchronized (files) {
      Optional<StoredColumns> known = files.get(path);
      if (known != null) {
        return known;
      }
    }
    Optional<StoredColumns> opened = StoredColumns.open(path);
    synchronized (files) {
      files.put(path, opened);
    }
    return opened;
  }

  /** A number for scans that follow each other. */
  public long newNumber() {
    return function.newNumber();
  }

  /**
   * Plans a scan; empty if its cells would take more memory than there is for it now.
   *
   * @param number of the caller's own, of no other scan that is open: what is asked again in the
   *     same way has the same SQL then
   * @param isCancelled is asked between row groups
   */
  public Optional<Scan> plan(
      long number, ScanRequest request, int tierSeconds, BooleanSupplier isCancelled) {
    StoredScan scan =
        new StoredScan(
            request, threads, processors, maxBytes / SHARE, StoredScan.PART_ROWS, isCancelled);
    return take(scan.bytes()) ? Optional.of(new Scan(number, scan, tierSeconds)) : Optional.empty();
  }

  private synchronized boolean take(long bytes) {
    if (bytes > maxBytes / SHARE || bytes > maxBytes - usedBytes) {
      return false;
    }
    usedBytes += bytes;
    return true;
  }

  private synchronized void giveBack(long bytes) {
    usedBytes -= bytes;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
