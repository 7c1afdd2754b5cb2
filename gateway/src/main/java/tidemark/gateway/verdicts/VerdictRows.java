package tidemark.gateway.verdicts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;

/**
 * Verdicts of all orgs in tables of the engine. They are written by one thread at a time; a
 * statement of any thread sees them as of one moment, between two calls of {@link #add}.
 *
 * <pre>
 * main.verdict_rows     a row per id and revision; latest: what was read last of the id
 * main.verdict_offsets  what the rows of one look at the watermark share, by number
 * </pre>
 *
 * <p>Bound: so many rows. When there are more, those of the oldest windows go, and a twentieth of
 * all with them, so that this is done now and then only; from then on nothing of a window before
 * the oldest one kept is taken. A row is some 300 bytes; a batch costs a look at the rows of the
 * same windows.
 */
public final class VerdictRows implements AutoCloseable {
  /** Not to be found without its schema, so that a name of the user's never stands for it. */
  public static final String ROWS = "main.verdict_rows";

  public static final String OFFSETS = "main.verdict_offsets";

  private static final int KEPT_OFFSETS = 256;

  private static final String COLUMNS =
      """
      (org VARCHAR, monitor VARCHAR, version INTEGER, tags MAP(VARCHAR, VARCHAR),
        group_name VARCHAR, window_start TIMESTAMPTZ, window_end TIMESTAMPTZ, status VARCHAR,
        value DOUBLE, points BIGINT, revision INTEGER, latest BOOLEAN, completeness VARCHAR,
        watermark TIMESTAMPTZ, early BOOLEAN, late BOOLEAN, amended BOOLEAN, holding VARCHAR[],
        offsets_number BIGINT, id VARCHAR)""";

  private static final String DELETE =
      """
      DELETE FROM main.verdict_rows r USING fresh_verdicts f
      WHERE r.org = f.org AND r.id = f.id AND r.revision = f.revision AND %s""";

  private static final String OUTDATE =
      """
      UPDATE main.verdict_rows r SET latest = false FROM fresh_verdicts f
      WHERE r.org = f.org AND r.id = f.id AND r.latest AND %s""";

  private static final String INSERT = "INSERT INTO main.verdict_rows FROM fresh_verdicts";

  /** A table of its own in place of deleted rows, whose memory the engine would keep. */
  private static final List<String> CUT =
      List.of(
          """
          CREATE TABLE main.verdict_rows_kept AS SELECT * FROM (
            SELECT * FROM main.verdict_rows
            ORDER BY window_end DESC, org, id, latest DESC, revision DESC LIMIT %d)
          ORDER BY window_end""",
          """
          CREATE TABLE main.verdict_offsets_kept AS SELECT * FROM main.verdict_offsets
          WHERE number IN (SELECT offsets_number FROM main.verdict_rows_kept)""",
          "DROP TABLE main.verdict_rows",
          "DROP TABLE main.verdict_offsets",
          "ALTER TABLE main.verdict_rows_kept RENAME TO verdict_rows",
          "ALTER TABLE main.verdict_offsets_kept RENAME TO verdict_offsets");

  private final DuckDBConnection connection;
  private final int maxRows;

  /** Numbers of what verdicts rest on, the newest of them. */
  private final Map<Map<String, Long>, Long> offsets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Map<String, Long>, Long> eldest) {
          return size() > KEPT_OFFSETS;
        }
      };

  private long nextOffsets;
  private long floorMs = Long.MIN_VALUE;
  private volatile int rows;
  private final AtomicLong dropped = new AtomicLong();

  /**
   * Makes the tables.
   *
   * @param connection to the engine, owned by this from here on
   * @param maxRows at least 1
   */
  public VerdictRows(DuckDBConnection connection, int maxRows) throws SQLException {
    if (maxRows < 1) {
      throw new IllegalArgumentException(
          "rows of verdicts must be at least 1, got %d".formatted(maxRows));
    }
    this.connection = connection;
    this.maxRows = maxRows;
    update("CREATE TABLE main.verdict_rows " + COLUMNS);
    update("CREATE TABLE main.verdict_offsets (number BIGINT, offsets MAP(VARCHAR, BIGINT))");
    update("CREATE TEMP TABLE fresh_verdicts " + COLUMNS);
  }

  /**
   * Takes verdicts in, all or none, in the order in which they were told: the last one of an id is
   * the latest, whatever its revision, and of those with one id and revision the last one counts.
   */
  synchronized void add(Collection<VerdictRow> verdicts) throws SQLException {
    Map<VerdictRow.Key, VerdictRow> fresh = new LinkedHashMap<>();
    int tooOld = 0;
    for (VerdictRow row : verdicts) {
      if (row.verdict().windowEndMs() < floorMs) {
        tooOld++;
      } else {
        fresh.remove(row.key()); // its place is that of the last one
        fresh.put(row.key(), row);
      }
    }
    if (!fresh.isEmpty()) {
      merge(fresh.values());
    }
    dropped.addAndGet(tooOld);
  }

  private void merge(Collection<VerdictRow> fresh) throws SQLException {
    connection.setAutoCommit(false);
    try {
      append(fresh);
      String ofWindows = ofWindows(fresh);
      int after = rows - update(DELETE.formatted(ofWindows));
      update(OUTDATE.formatted(ofWindows));
      after += update(INSERT);
      update("DELETE FROM fresh_verdicts");
      int left = Math.min(after, maxRows);
      long floorThen = floorMs;
      if (after > maxRows) {
        left = maxRows - maxRows / 20;
        floorThen = cut(left);
      }
      connection.commit();
      floorMs = floorThen;
      rows = left;
      dropped.addAndGet(after - left);
    } catch (SQLException | RuntimeException e) {
      offsets.clear(); // some may not be there
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /** Rows of one id have one window: the engine need not look at those of others. */
  private static String ofWindows(Collection<VerdictRow> fresh) {
    long firstMs = Long.MAX_VALUE;
    long lastMs = Long.MIN_VALUE;
    for (VerdictRow row : fresh) {
      firstMs = Math.min(firstMs, row.verdict().windowEndMs());
      lastMs = Math.max(lastMs, row.verdict().windowEndMs());
    }
    return "r.window_end BETWEEN make_timestamptz(%d) AND make_timestamptz(%d)"
        .formatted(Math.multiplyExact(firstMs, 1000L), Math.multiplyExact(lastMs, 1000L));
  }

  /** End of the oldest window that is left. */
  private long cut(int left) throws SQLException {
    offsets.clear();
    for (String sql : CUT) {
      update(sql.formatted(left));
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT epoch_ms(min(window_end)) FROM main.verdict_rows")) {
      row.next();
      return row.getLong(1);
    }
  }

  private void append(Collection<VerdictRow> fresh) throws SQLException {
    Map<VerdictRow.Window, VerdictRow> latest = new HashMap<>();
    fresh.forEach(row -> latest.put(row.window(), row));
    try (DuckDBAppender appender = connection.createAppender("temp", "main", "fresh_verdicts")) {
      for (VerdictRow row : fresh) {
        append(row, row.equals(latest.get(row.window())), appender);
      }
    }
  }

  private void append(VerdictRow row, boolean isLatest, DuckDBAppender appender)
      throws SQLException {
    Verdict verdict = row.verdict();
    Evidence evidence = verdict.evidence();
    appender.beginRow();
    appender.append(verdict.subject().org()).append(verdict.subject().monitor());
    appender.append(verdict.subject().version()).append(row.tags()).append(row.groupName());
    appendTime(verdict.windowStartMs(), appender);
    appendTime(verdict.windowEndMs(), appender);
    appender.append(verdict.status().name().toLowerCase(Locale.ROOT));
    if (verdict.hasValue()) {
      appender.append(verdict.value());
    } else {
      appender.appendNull();
    }
    appender.append(verdict.points()).append(verdict.revision()).append(isLatest);
    appender.append(evidence.completeness().label());
    if (evidence.watermarkMs() == Long.MIN_VALUE) {
      appender.appendNull();
    } else {
      appendTime(evidence.watermarkMs(), appender);
    }
    appender.append(verdict.is(VerdictMark.EARLY)).append(verdict.is(VerdictMark.LATE));
    appender.append(verdict.is(VerdictMark.AMENDED)).append(evidence.holding());
    appender.append(number(row.offsets())).append(verdict.id());
    appender.endRow();
  }

  private static void appendTime(long ms, DuckDBAppender appender) throws SQLException {
    appender.appendEpochMicros(Math.multiplyExact(ms, 1000L));
  }

  private long number(Map<String, Long> each) throws SQLException {
    Long known = offsets.get(each);
    if (known != null) {
      return known;
    }
    long number = nextOffsets++;
    try (DuckDBAppender appender = connection.createAppender("main", "verdict_offsets")) {
      appender.beginRow();
      appender.append(number).append(each);
      appender.endRow();
    }
    offsets.put(each, number);
    return number;
  }

  private int update(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  /** Rows that are kept. From any thread. */
  public int rows() {
    return rows;
  }

  /** Verdicts that were not kept, for their age. From any thread. */
  public long dropped() {
    return dropped.get();
  }

  @Override
  public synchronized void close() throws SQLException {
    connection.close();
  }
}
