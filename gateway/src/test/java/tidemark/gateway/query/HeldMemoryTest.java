package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.data.Record;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.state.MetricType;

class HeldMemoryTest {
  private static final String OTHER = "other";
  private static final double SHARE = 0.25;
  private static final int ROWS = 100;

  @TempDir Path directory;

  private StoredTables tables;
  private QueryGateway gateway;

  @BeforeEach
  void open() {
    tables = StoredTables.local(directory);
    List<Record> rollups = new ArrayList<>();
    List<Record> series = new ArrayList<>();
    for (String org : List.of(Rows.ORG, OTHER)) {
      RowKey key = RowKey.of("cpu", 1, MetricType.GAUGE);
      Record tags = Rows.series(key, Map.of("host", "h1"));
      tags.setField("org", org);
      series.add(tags);
      for (int window = 0; window < ROWS; window++) {
        Record row =
            Rows.rollup(key.in(10, Rows.WINDOW.plusSeconds(10L * window)), Rows.points(window));
        row.setField("org", org);
        rollups.add(row);
      }
    }
    tables.commit(1, Rows.WINDOW.toEpochMilli(), rollups, series);
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("gateway.cache-directory", directory.resolve("cache").toString());
    properties.put("gateway.memory-limit", "200MiB");
    gateway = QueryGateway.start(GatewayConfig.from(properties), Optional.empty(), 0);
  }

  @AfterEach
  void close() {
    gateway.close();
    tables.close();
  }

  private QuerySession session(String org) {
    return gateway.open(org, () -> SHARE);
  }

  /** As many rows as both numbers and {@link #ROWS} multiplied, in order, of 16 bytes. */
  private static String rows(int times, int of) {
    return "SELECT (m * %1$d + n) * 100 + epoch(time - TIMESTAMPTZ '%2$s') // 10 AS i FROM rollups_10s,"
            .formatted(of, Rows.WINDOW)
        + " (SELECT unnest(range(%d)) AS m), (SELECT unnest(range(%d)) AS n) ORDER BY i"
            .formatted(times, of);
  }

  /** So many times {@link #ROWS} rows of a thousand letters. */
  private static String text(int rows) {
    return "SELECT repeat('x', 1000) FROM rollups_10s, (SELECT unnest(range(%d)))".formatted(rows);
  }

  private static AbstractThrowableAssert<?, ?> isOutOfMemory(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable asking) {
    return assertThatThrownBy(asking)
        .isInstanceOf(AskException.class)
        .satisfies(e -> assertThat(((AskException) e).state().code()).isEqualTo("53200"));
  }

  @Test
  void rowsOfManyPagesComeInOrderAndAreGivenBack() {
    try (QuerySession session = session(Rows.ORG)) {
      List<List<Object>> rows = Asking.ask(session, rows(1, 500));
      assertThat(rows).hasSize(500 * ROWS);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(((Number) rows.get(i).get(0)).longValue()).isEqualTo(i);
      }
      assertThat(gateway.heldBytes()).isZero();
      assertThat(Asking.ask(session, "SELECT time FROM points WHERE metric = 'none'")).isEmpty();
    }
  }

  @Test
  void columnsKeepNamesAndTypes() {
    try (QuerySession session = session(Rows.ORG);
        PreparedQuery query =
            session.prepare(
                "SELECT 1 AS a, 'x' AS a, NULL AS n, [1, 2] AS l, {'k': 1} AS s, tags, time, 1.5 AS"
                    + " d FROM points LIMIT 1");
        Answer answer = query.run(List.of())) {
      assertThat(answer.columns()).isEqualTo(query.columns());
      assertThat(answer.columns())
          .extracting(column -> column.name())
          .containsExactly("a", "a", "n", "l", "s", "tags", "time", "d");
      assertThat(answer.next()).isTrue();
      assertThat(answer.value(1)).isEqualTo("x");
      assertThat(answer.value(2)).isNull();
      assertThat(answer.value(4)).isEqualTo("{\"k\": 1}");
      assertThat(answer.value(5)).isEqualTo("{\"host\": \"h1\"}");
    }
  }

  @Test
  void everyFormOfAStatementIsHeld() {
    try (QuerySession session = session(Rows.ORG)) {
      assertThat(Asking.ask(session, "VALUES (1, 'a')")).containsExactly(List.of(1, "a"));
      assertThat(Asking.ask(session, "FROM points LIMIT 2")).hasSize(2);
      assertThat(Asking.ask(session, "TABLE points")).hasSize(ROWS);
      assertThat(
              Asking.ask(session, "WITH tidemark_answer AS (SELECT 7 AS x) FROM tidemark_answer"))
          .containsExactly(List.of(7));
      assertThat(Asking.ask(session, "SELECT CAST($1 AS INTEGER) + 1 UNION ALL SELECT 5", 3))
          .containsExactly(List.of(4), List.of(5));
      assertThat(Asking.ask(session, "EXPLAIN ANALYZE FROM points").toString())
          .contains(ROWS + " rows in");
      assertThat(Asking.ask(session, "SUMMARIZE points")).hasSizeGreaterThan(10);
      assertThatThrownBy(() -> Asking.ask(session, "SELECT (1, 'a') AS r"))
          .hasMessage(
              "a row without names cannot be a column: name what is in it, such as {name: 1}")
          .satisfies(e -> assertThat(((AskException) e).state().code()).isEqualTo("0A000"));
      assertThat(Asking.ask(session, "SELECT [] AS e, map() AS m, [NULL] AS n")).hasSize(1);
      assertThat(gateway.heldBytes()).isZero();
    }
  }

  /** 4.2 million rows are 64 MiB, more than a quarter of 200 MiB and less than all of it. */
  @Test
  void anOrgThatHoldsTooMuchIsRefusedWhileAnotherIsAnswered() throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (QuerySession hungry = session(Rows.ORG);
        QuerySession modest = session(OTHER);
        PreparedQuery query = modest.prepare(rows(1, 300));
        Answer open = query.run(List.of())) {
      Future<?> asking =
          thread.submit(
              () -> {
                try (QuerySession again = session(OTHER)) {
                  while (!isOver.get()) {
                    assertThat(Asking.ask(again, "SELECT count(*) FROM points"))
                        .containsExactly(List.of((long) ROWS));
                    answered.incrementAndGet();
                  }
                }
              });
      for (int i = 0; i < 3; i++) {
        isOutOfMemory(() -> Asking.ask(hungry, rows(42, 1000)))
            .hasMessageContaining("open answers may hold 50.0 MiB");
      }
      isOver.set(true);
      asking.get();
      assertThat(answered).hasPositiveValue();
      long count = 0;
      while (open.next()) {
        assertThat(((Number) open.value(0)).longValue()).isEqualTo(count++);
      }
      assertThat(count).isEqualTo(300 * ROWS);
      assertThat(Asking.ask(hungry, "SELECT count(*) FROM points"))
          .containsExactly(List.of((long) ROWS));
    } finally {
      thread.shutdownNow();
    }
    assertThat(gateway.heldBytes()).isZero();
  }

  @Test
  void openAnswersOfAnOrgCountTogether() {
    String fifth = text(200);
    try (QuerySession one = session(Rows.ORG);
        QuerySession two = session(Rows.ORG);
        QuerySession other = session(OTHER)) {
      try (Answer first = one.prepare(fifth).run(List.of());
          Answer second = two.prepare(fifth).run(List.of())) {
        assertThat(gateway.heldBytes()).isEqualTo(2 * 200 * ROWS * 1016);
        isOutOfMemory(() -> Asking.ask(two, fifth))
            .hasMessage(
                "open answers may hold 50.0 MiB, this one takes 19.4 MiB and others 38.8 MiB");
        assertThat(Asking.ask(other, fifth)).hasSize(200 * ROWS);
        assertThat(first.next() && second.next()).isTrue();
      }
      assertThat(gateway.heldBytes()).isZero();
      assertThat(Asking.ask(two, fifth)).hasSize(200 * ROWS);
    }
  }

  @Test
  void whatAllOfTheEngineCannotHoldIsRefusedAndGivenBack() {
    try (Session session = gateway.open(Rows.ORG)) {
      for (int i = 0; i < 3; i++) {
        isOutOfMemory(() -> Asking.ask(session, rows(200, 1000)));
        assertThat(Asking.ask(session, text(300))).hasSize(300 * ROWS);
      }
    }
    assertThat(gateway.heldBytes()).isZero();
  }
}
