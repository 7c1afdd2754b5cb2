package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.data.Record;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Provenance;
import tidemark.gateway.hot.Committed;
import tidemark.gateway.hot.HotRows;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;
import tidemark.state.MetricType;

/** What a watermark closes: it names the last complete millisecond, as heartbeats make it. */
class WatermarkTest {
  private static final Instant END = Rows.WINDOW.plusSeconds(120);

  @TempDir Path directory;

  private StoredTables tables;
  private QueryGateway gateway;
  private QuerySession session;

  /** Two minutes of one series, in both tiers, that reflect that watermark. */
  private void open(Instant watermark) {
    Path folder = directory.resolve(watermark.toString());
    assertThat(folder.toFile().mkdirs()).isTrue();
    tables = StoredTables.local(folder);
    RowKey key = RowKey.of("cpu", 1, MetricType.GAUGE);
    List<Record> rollups = new ArrayList<>();
    for (int window = 0; window < 12; window++) {
      rollups.add(
          Rows.rollup(key.in(10, Rows.WINDOW.plusSeconds(10L * window)), Rows.points(window)));
    }
    for (int minute = 0; minute < 2; minute++) {
      double[] values = new double[6];
      for (int i = 0; i < 6; i++) {
        values[i] = minute * 6 + i;
      }
      rollups.add(
          Rows.rollup(key.in(60, Rows.WINDOW.plusSeconds(60L * minute)), Rows.points(values)));
    }
    tables.commit(
        1, watermark.toEpochMilli(), rollups, List.of(Rows.series(key, Map.of("host", "h1"))));
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("gateway.cache-directory", folder.resolve("cache").toString());
    gateway = QueryGateway.start(GatewayConfig.from(properties), Optional.empty(), 1 << 20);
    session = gateway.open(Rows.ORG);
  }

  @AfterEach
  void close() {
    if (tables != null) {
      session.close();
      gateway.close();
      tables.close();
    }
  }

  private static String upTo(Instant end) {
    return "SELECT sum(count) FROM points WHERE time >= '%s' AND time < '%s'"
        .formatted(Rows.WINDOW, end);
  }

  private Provenance provenance(String sql) {
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of())) {
      assertThat(answer.next()).isTrue();
      assertThat(answer.value(0).toString()).isEqualTo("12");
      assertThat(answer.next()).isFalse();
      return answer.provenance();
    }
  }

  @Test
  void windowsThatEndRightAfterItAreComplete() {
    open(END.minusMillis(1));
    assertThat(provenance(upTo(END)).isComplete()).isTrue();
    assertThat(provenance(upTo(END)).watermark()).contains(END.minusMillis(1));
    assertThat(provenance(upTo(END.plusMillis(1))).isComplete()).isFalse();
    assertThat(provenance("SELECT sum(count) FROM points").isComplete()).isFalse();
  }

  @Test
  void aWindowCountsFromItsStartAndIsCompleteAtItsEnd() {
    Instant lastStart = END.minusSeconds(10);
    String between =
        "SELECT sum(count) FROM points WHERE time BETWEEN '%s' AND '%s'"
            .formatted(Rows.WINDOW, lastStart);
    open(END.minusMillis(2));
    assertThat(provenance(between).isComplete()).isFalse();
    assertThat(provenance(upTo(lastStart.plusMillis(1))).isComplete()).isFalse();
    assertThat(
            provenance(
                    "SELECT sum(count) FROM rollups_1m WHERE time < '%s'"
                        .formatted(END.minusSeconds(1)))
                .isComplete())
        .isFalse();
    close();
    open(END.minusMillis(1));
    assertThat(provenance(between).isComplete()).isTrue();
    assertThat(provenance(upTo(lastStart.plusMillis(1))).isComplete()).isTrue();
  }

  @Test
  void aMillisecondLessAndTheyAreNot() {
    open(END.minusMillis(2));
    assertThat(provenance(upTo(END)).isComplete()).isFalse();
    assertThat(gateway.cacheBytes()).isZero();
    Asking.ask(session, "SET wait_complete = on");
    Asking.ask(session, "SET statement_timeout = '300ms'");
    assertThatThrownBy(() -> provenance(upTo(END)))
        .isInstanceOf(AskException.class)
        .hasMessage("the windows asked for are not complete after 300 ms");
  }

  @Test
  void answersOverThemAreKeptAndNotWaitedFor() {
    open(END.minusMillis(1));
    Asking.ask(session, "SET wait_complete = on");
    Asking.ask(session, "SET statement_timeout = '20s'");
    provenance(upTo(END));
    assertThat(gateway.cacheBytes()).isPositive();
  }

  @Test
  void coarseWindowsAreReadUpToIt() {
    open(END.minusMillis(1));
    assertThat(Asking.ask(session, "EXPLAIN " + upTo(END)).toString())
        .contains("60 s windows from %s to %s".formatted(Rows.WINDOW, END))
        .doesNotContain("10 s windows");
  }

  @Test
  void theRangeThatTellsTheTierEndsWithIt() {
    open(END.minusMillis(1));
    String sql = "EXPLAIN SELECT time, avg FROM points WHERE time >= '%s'";
    Instant sixHours = END.minusSeconds(6 * 3600);
    assertThat(Asking.ask(session, sql.formatted(sixHours)).toString()).contains("10 s windows");
    assertThat(Asking.ask(session, sql.formatted(sixHours.minusMillis(1))).toString())
        .contains("60 s windows");
  }

  @Test
  void hotRowsOfThemAreLate() throws SQLException {
    UUID job = new UUID(1, 2);
    FeedWriter writer = new FeedWriter(job, new UUID(3, 4), 1, 0, 0, SampleSeries.KEY_GROUPS - 1);
    SampleSeries series = SampleSeries.of(Rows.ORG, "cpu", MetricType.GAUGE, Map.of("host", "h1"));
    long endMs = END.toEpochMilli();
    Committed committed = new Committed("lineage-1", 1, Map.of(job, Long.MAX_VALUE));
    try (HotRows hot =
        new HotRows(
            (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:"),
            1,
            100,
            Clock.fixed(END, ZoneOffset.UTC))) {
      hot.accept(0, FeedRecord.started(writer));
      hot.accept(0, FeedRecord.watermark(writer, 1, endMs - 1));
      hot.show();
      for (long startMs : new long[] {endMs - 10_000, endMs}) {
        SampleRow row =
            new SampleRow(10, series, startMs, List.of(new SamplePoint(series, startMs, 1)));
        hot.accept(0, FeedRecord.batch(writer, 1, SampleRow.fed(List.of(row))));
      }
      hot.show();
      assertThat(hot.count(hot.view(committed), Rows.ORG)).isEqualTo(new HotRows.Counts(2, 1));
    }
  }
}
