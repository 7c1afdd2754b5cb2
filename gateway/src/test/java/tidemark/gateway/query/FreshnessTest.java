package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tidemark.gateway.hot.HotRows;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;

/** What the feed says of the job's intake, as {@code freshness} shows it. */
class FreshnessTest {
  private static final FeedWriter WRITER =
      new FeedWriter(new UUID(1, 2), new UUID(3, 4), 1L, 0L, 0, 7);

  private HotRows hot;

  @BeforeEach
  void open() throws SQLException {
    hot = new HotRows(connection(), 1, 100, Clock.systemUTC());
    hot.accept(0, FeedRecord.started(WRITER));
  }

  @AfterEach
  void close() throws SQLException {
    hot.close();
  }

  @Test
  void aWatermarkThatEveryPartitionVouchesForIsProven() throws SQLException {
    tell(5L, 2, new long[] {1_000L, 1_000L});
    assertThat(shown()).isEqualTo("proven []");
  }

  @Test
  void aPartitionThatBringsNoHeartbeatsIsNamed() throws SQLException {
    tell(5L, 3, new long[] {1_000L, 1_000L}, "it's/2", "points/1");
    assertThat(shown()).isEqualTo("estimated [it's/2, points/1]");
  }

  @Test
  void theLastWordCounts() throws SQLException {
    tell(5L, 3, new long[] {1_000L, 1_000L}, "points/2");
    tell(7L, 3, new long[] {1_000L, 1_000L, 1_000L});
    tell(6L, 3, new long[] {1_000L}, "points/1");
    assertThat(shown()).isEqualTo("proven []");
  }

  @Test
  void ofAJobThatSaysNothingTheCommitDoes() throws SQLException {
    assertThat(shown()).isEqualTo("unknown []");
  }

  private void tell(long nowMs, int partitions, long[] heartbeatsMs, String... stalled)
      throws SQLException {
    TreeMap<String, IntakeStatus.Partition> read = new TreeMap<>();
    for (int i = 0; i < heartbeatsMs.length; i++) {
      read.put("points/" + i, new IntakeStatus.Partition(1L, heartbeatsMs[i]));
    }
    TreeMap<String, Integer> expected = new TreeMap<>();
    expected.put("points", partitions);
    TreeSet<String> names = new TreeSet<>();
    names.addAll(List.of(stalled));
    byte[] status = new IntakeStatus(read, expected, nowMs, names).toBytes();
    hot.accept(
        0,
        FeedRecord.status(
            WRITER, 0L, PartialBatch.of(PartialBatch.Kind.STATUS, 0, PartialBatch.OPEN, status)));
  }

  private String shown() throws SQLException {
    Pins pins = new Pins(Optional.of(hot));
    try (Pins.Pin pin = pins.pin("acme");
        DuckDBConnection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute(Freshness.view(pin, new HotRows.Counts(0, 0), 0L, hot.intake()));
      try (ResultSet row =
          statement.executeQuery(
              "SELECT completeness || ' [' || array_to_string(held_by, ', ') || ']' FROM freshness")) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static DuckDBConnection connection() throws SQLException {
    return (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:");
  }
}
