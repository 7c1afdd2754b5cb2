package tidemark.gateway.query;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.duckdb.DuckDBConnection;
import tidemark.gateway.hot.HotRows;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.partial.SeriesEntry;

/**
 * A feed topic in memory, which a test reads into hot rows record by record. Not thread-safe but
 * for what a gateway asks.
 */
final class FedTopic implements FeedSource {
  /**
   * A record of the topic.
   *
   * @param rows that it holds; empty if it holds none
   */
  record Sent(FeedWriter writer, long after, List<SampleRow> rows, ByteBuffer bytes) {
    Sent(FeedWriter writer, long after, List<SampleRow> rows, byte[] bytes) {
      this(writer, after, rows, ByteBuffer.wrap(bytes));
    }

    byte[] toArray() {
      byte[] array = new byte[bytes.remaining()];
      bytes.duplicate().get(array);
      return array;
    }
  }

  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  private final List<Deque<Sent>> partitions = new ArrayList<>();
  private final List<Sent> gone = new ArrayList<>();
  private final Set<Integer> begun = new HashSet<>();
  private final Set<FeedWriter> known = new HashSet<>();
  private final long maxRows;
  private HotRows rows;
  private SeriesIndex series;

  FedTopic(int partitions, long maxRows) {
    for (int i = 0; i < partitions; i++) {
      this.partitions.add(new ArrayDeque<>());
    }
    this.maxRows = maxRows;
  }

  int partitions() {
    return partitions.size();
  }

  void send(int partition, Sent sent) {
    partitions.get(partition).add(sent);
  }

  boolean isRead() {
    return partitions.stream().allMatch(Deque::isEmpty);
  }

  boolean isRead(int partition) {
    return partitions.get(partition).isEmpty();
  }

  /** Whether any record of a partition was read. */
  boolean isBegun(int partition) {
    return begun.contains(partition);
  }

  /** Loses the oldest record of a partition, as retention does. */
  void lose(int partition) {
    gone.add(partitions.get(partition).remove());
  }

  /** All records that were read or lost. */
  List<Sent> gone() {
    return gone;
  }

  /** Writers of which any record was read. */
  Set<FeedWriter> known() {
    return known;
  }

  /** Reads up to so many records of a partition and shows them. */
  void read(int partition, int records) {
    try {
      for (int i = 0; i < records && !isRead(partition); i++) {
        Sent sent = partitions.get(partition).remove();
        gone.add(sent);
        known.add(sent.writer());
        begun.add(partition);
        rows.accept(partition, sent.toArray());
      }
      List<SeriesEntry> found = rows.takeSeries();
      if (!found.isEmpty()) {
        series.add(found);
      }
      rows.show();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public OpenFeed open(DuckDBConnection connection, SeriesIndex index) {
    rows = new HotRows(connection, partitions.size(), maxRows, CLOCK);
    series = index;
    return new OpenFeed() {
      @Override
      public HotRows rows() {
        return rows;
      }

      @Override
      public boolean isAlive() {
        return true;
      }

      @Override
      public long lagRecords() {
        return partitions.stream().mapToLong(Deque::size).sum();
      }

      @Override
      public void close() {
        try {
          rows.close();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      }
    };
  }
}
