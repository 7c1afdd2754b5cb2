package tidemark.gateway.hot;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.hot.WriterState.Count;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;

/**
 * The feed in memory: one table of the engine per barrier, which is dropped whole when a commit
 * covers it, and what is known of each writer.
 *
 * <p>One thread calls {@link #accept} and {@link #show}; {@link #view}, {@link #count} and {@link
 * #evict} may come from any. Bound: {@code maxRows}; beyond it rows are dropped, and no hot row
 * counts until a commit covers the dropped ones. A row costs about 150 bytes, and its sketch.
 */
public final class HotRows implements AutoCloseable {
  /** A job that the tables do not know for so long writes to another branch, or elsewhere. */
  static final long UNKNOWN_MS = 60_000;

  private final DuckDBConnection connection;
  private final Clock clock;
  private final long maxRows;
  private final int partitions;
  private final SortedMap<Long, HotTable> tables = new TreeMap<>();
  private final Map<UUID, WriterState> writers = new HashMap<>();

  /** By job, the newest checkpoint that its rows were dropped for: one entry for each job seen. */
  private final Map<UUID, Long> evictedTo = new HashMap<>();

  private final List<SeriesEntry> newSeries = new ArrayList<>();
  private int nextWriter;
  private int nextTable;
  private long rows;
  private boolean isBroken;
  private IntakeStatus intake = IntakeStatus.empty();

  /**
   * What one org has among the hot rows that count.
   *
   * @param latePoints points of windows that had ended when they were sent
   */
  public record Counts(long rows, long latePoints) {}

  /**
   * @param connection to the engine, for this object alone; closed with it
   * @param partitions of the topic
   */
  public HotRows(DuckDBConnection connection, int partitions, long maxRows, Clock clock) {
    this.connection = connection;
    this.clock = clock;
    this.partitions = partitions;
    this.maxRows = maxRows;
  }

  /** Takes one record of the topic. What cannot be read makes the feed unusable. */
  public synchronized void accept(int partition, byte[] bytes) throws SQLException {
    FeedRecord feed;
    try {
      feed = FeedRecord.ofBytes(bytes);
    } catch (IllegalArgumentException e) {
      isBroken = true;
      throw e;
    }
    WriterState state =
        writers.computeIfAbsent(
            feed.writer().id(), id -> new WriterState(nextWriter++, feed.writer(), clock.millis()));
    state.read(partition, feed);
    try {
      take(state, feed);
    } catch (SQLException | RuntimeException e) {
      isBroken = true; // some of its rows may be here
      throw e;
    }
  }

  private void take(WriterState state, FeedRecord feed) throws SQLException {
    switch (feed.kind()) {
      case ROWS -> append(state, feed);
      case SERIES -> SeriesCodec.read(feed.batch(), newSeries::add);
      case STATUS -> {
        IntakeStatus told = IntakeStatus.ofBytes(feed.batch().bytes(), feed.batch().length());
        if (!state.isForeign && told.nowMs() >= intake.nowMs()) {
          intake = told;
        }
      }
      case STARTED, WATERMARK -> {
        // noted before
      }
    }
  }

  private void append(WriterState state, FeedRecord feed) throws SQLException {
    if (rows >= maxRows || state.isForeign) {
      state.droppedAfter = Math.max(state.droppedAfter, feed.after());
      return;
    }
    HotTable table = tables.get(feed.after());
    if (table == null) {
      table = new HotTable(connection, "hot_" + nextTable++);
      tables.put(feed.after(), table);
    }
    Map<String, Count> counts =
        state.counts.computeIfAbsent(feed.after(), after -> new HashMap<>());
    long endedMs = state.watermarkMs(partitions).orElse(Long.MIN_VALUE);
    rows += table.append(state.number, feed.batch(), counts, endedMs);
  }

  /**
   * Takes the series that came since the last call. They are to be known before rows of theirs are
   * shown.
   */
  public synchronized List<SeriesEntry> takeSeries() {
    List<SeriesEntry> series = List.copyOf(newSeries);
    newSeries.clear();
    return series;
  }

  /** How far the job's intake is, as it said last; empty of a job that says nothing. */
  public synchronized IntakeStatus intake() {
    return intake;
  }

  /** Makes what was accepted visible to queries. */
  public synchronized void show() throws SQLException {
    for (HotTable table : tables.values()) {
      table.flush();
    }
    writers.values().forEach(WriterState::show);
  }

  /** Which rows count beside a pinned version. */
  public synchronized HotView view(Committed committed) {
    if (isBroken) {
      return unusable(HotView.State.BROKEN);
    }
    if (isSetBack(committed)) {
      return unusable(HotView.State.OVERFLOWN);
    }
    List<HotView.Range> ranges = new ArrayList<>();
    List<WriterState> live = new ArrayList<>();
    for (WriterState state : writers.values()) {
      long deadFrom = deadFrom(state, committed);
      if (deadFrom <= committed.checkpoint()) {
        continue;
      }
      if (!state.isWholeFrom(committed.checkpoint(), partitions)) {
        return unusable(HotView.State.CATCHING_UP);
      }
      if (state.droppedAfter >= committed.checkpoint()) {
        return unusable(HotView.State.OVERFLOWN);
      }
      for (long after : state.counts.tailMap(committed.checkpoint()).keySet()) {
        if (after < deadFrom) {
          ranges.add(new HotView.Range(tables.get(after).name(), state.number, after));
        }
      }
      if (deadFrom == Long.MAX_VALUE) {
        live.add(state);
      }
    }
    return new HotView(ranges, watermarkMs(live, committed), HotView.State.LIVE);
  }

  /** Whether rows that were stored once, and dropped here, are not in these tables any more. */
  private boolean isSetBack(Committed committed) {
    return committed.deadFrom().entrySet().stream()
        .anyMatch(
            job ->
                job.getValue() > committed.checkpoint()
                    && evictedTo.getOrDefault(job.getKey(), 0L) > committed.checkpoint());
  }

  private static HotView unusable(HotView.State state) {
    return new HotView(List.of(), OptionalLong.empty(), state);
  }

  /** The barrier from which on what a writer sent is dead: 0 if nothing of it counts. */
  private long deadFrom(WriterState state, Committed committed) {
    FeedWriter writer = state.writer;
    Long taken = committed.deadFrom().get(writer.job());
    if (taken == null) {
      return 0;
    }
    long deadFrom = taken;
    for (WriterState other : writers.values()) {
      if (committed.deadFrom().containsKey(other.writer.job()) && isSucceeded(writer, other)) {
        deadFrom = Math.min(deadFrom, other.writer.restored());
      }
    }
    return deadFrom;
  }

  private static boolean isSucceeded(FeedWriter writer, WriterState by) {
    return by.writer.startedMs() > writer.startedMs() && by.writer.overlaps(writer);
  }

  /** The barrier from which on a later start of the same job sends what a writer sent. */
  private long deadWithinJob(WriterState state) {
    long deadFrom = Long.MAX_VALUE;
    for (WriterState other : writers.values()) {
      if (other.writer.job().equals(state.writer.job()) && isSucceeded(state.writer, other)) {
        deadFrom = Math.min(deadFrom, other.writer.restored());
      }
    }
    return deadFrom;
  }

  /**
   * The least watermark of the live writers, if they have all key groups between them: in both
   * chains, if the lineage has any writer of the second.
   */
  private OptionalLong watermarkMs(List<WriterState> live, Committed committed) {
    List<FeedWriter> known =
        writers.values().stream()
            .map(state -> state.writer)
            .filter(writer -> committed.deadFrom().containsKey(writer.job()))
            .toList();
    // as many as any of them had, whether it lives or not
    int keyGroups = known.stream().mapToInt(KeyGroupChain::keyGroups).max().orElse(1);
    OptionalLong least = OptionalLong.of(Long.MAX_VALUE);
    for (KeyGroupChain chain : KeyGroupChain.values()) {
      if (chain == KeyGroupChain.FINER || known.stream().anyMatch(chain::has)) {
        OptionalLong own =
            watermarkMs(live.stream().filter(state -> chain.has(state.writer)).toList(), keyGroups);
        least =
            least.isEmpty() || own.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(Math.min(least.getAsLong(), own.getAsLong()));
      }
    }
    return least;
  }

  /** The same of one chain's live writers. */
  private OptionalLong watermarkMs(List<WriterState> ofChain, int keyGroups) {
    List<WriterState> sorted = new ArrayList<>(ofChain);
    sorted.sort(Comparator.comparingInt(state -> state.writer.firstKeyGroup()));
    int next = 0;
    long least = Long.MAX_VALUE;
    for (WriterState state : sorted) {
      OptionalLong own = state.watermarkMs(partitions);
      if (KeyGroupChain.first(state.writer) > next || own.isEmpty()) {
        return OptionalLong.empty();
      }
      next = Math.max(next, KeyGroupChain.keyGroups(state.writer));
      least = Math.min(least, own.getAsLong());
    }
    return next < keyGroups ? OptionalLong.empty() : OptionalLong.of(least);
  }

  /** How much of what counts is one org's. */
  public synchronized Counts count(HotView view, String org) {
    Map<Integer, WriterState> byNumber = new HashMap<>();
    writers.values().forEach(state -> byNumber.put(state.number, state));
    long found = 0;
    long late = 0;
    for (HotView.Range range : view.ranges()) {
      WriterState state = byNumber.get(range.writer());
      Count count =
          state == null ? null : state.counts.getOrDefault(range.after(), Map.of()).get(org);
      if (count != null) {
        found += count.rows;
        late += count.latePoints;
      }
    }
    return new Counts(found, late);
  }

  /** Drops what no query can ask for any more, given the oldest version that any has pinned. */
  public synchronized void evict(Committed oldest) throws SQLException {
    List<UUID> dead = new ArrayList<>();
    for (WriterState state : writers.values()) {
      if (oldest.deadFrom().containsKey(state.writer.job())) {
        evictedTo.merge(state.writer.job(), oldest.checkpoint(), Math::max);
      }
      if (!oldest.deadFrom().containsKey(state.writer.job())) {
        if (clock.millis() - state.seenMs > UNKNOWN_MS) {
          state.becomeForeign();
        }
      } else if (deadFrom(state, oldest) <= oldest.checkpoint()) {
        dead.add(state.writer.id());
        if (!state.counts.isEmpty()) {
          // what another start of the same job sends again stays dead, whatever the tables say
          long dropped = Math.min(state.counts.lastKey() + 1, deadWithinJob(state));
          evictedTo.merge(state.writer.job(), dropped, Math::max);
        }
      } else {
        state.isForeign = false;
        state.counts.headMap(oldest.checkpoint()).clear();
      }
    }
    dead.forEach(writers::remove);
    dropUnused();
  }

  private void dropUnused() throws SQLException {
    List<Long> unused = new ArrayList<>();
    for (long after : tables.keySet()) {
      if (writers.values().stream().noneMatch(state -> state.counts.containsKey(after))) {
        unused.add(after);
      }
    }
    for (long after : unused) {
      HotTable table = tables.remove(after);
      rows -= table.rows();
      table.drop();
    }
  }

  /** Rows in memory, whether they count or not. */
  public synchronized long rows() {
    return rows;
  }

  @Override
  public synchronized void close() throws SQLException {
    for (HotTable table : tables.values()) {
      table.drop();
    }
    tables.clear();
    connection.close();
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
