package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.Provenance;

class ResultCacheTest {
  private static final Provenance FIRST =
      new Provenance(
          "lineage-1", 1, Optional.of(Instant.EPOCH), "heartbeat", true, 0, 0, List.of());
  private static final Provenance SECOND =
      new Provenance(
          "lineage-1", 2, Optional.of(Instant.EPOCH), "heartbeat", true, 0, 0, List.of());

  /** One row of one number, as the class draws it: row, value, and the key's characters. */
  private static final long ONE_ROW = 32 + 24;

  private Connection engine;

  @BeforeEach
  void open() throws SQLException {
    engine = DriverManager.getConnection("jdbc:duckdb:");
  }

  @AfterEach
  void close() throws SQLException {
    engine.close();
  }

  private static DuckAnswer run(Connection connection, String sql) throws SQLException {
    ResultSet rows = connection.createStatement().executeQuery(sql);
    Iterator<ResultSet> pages = List.of(rows).iterator();
    return new DuckAnswer(
        DuckAnswer.columns(rows.getMetaData()),
        () -> pages.hasNext() ? Optional.of(pages.next()) : Optional.empty(),
        FIRST,
        () -> {});
  }

  private static List<List<Object>> read(Answer answer) {
    List<List<Object>> rows = new ArrayList<>();
    while (answer.next()) {
      List<Object> row = new ArrayList<>();
      for (int i = 0; i < answer.columns().size(); i++) {
        row.add(answer.value(i));
      }
      rows.add(row);
    }
    answer.close();
    return rows;
  }

  private List<List<Object>> keep(ResultCache cache, String key, String sql) throws SQLException {
    return read(cache.keeping(key, run(engine, sql)));
  }

  private static boolean isKept(ResultCache cache, String key) {
    return cache.find(key, SECOND).isPresent();
  }

  @Test
  void anAnswerIsKeptOnceItWasReadAndIsOfTheNewProvenance() throws SQLException {
    ResultCache cache = new ResultCache(1 << 20);
    List<List<Object>> rows =
        keep(cache, "key", "SELECT i, 'x' || i AS t, [i, 2] AS l FROM range(3) r(i) ORDER BY i");
    assertThat(rows)
        .containsExactly(
            List.of(0L, "x0", List.of(0L, 2L)),
            List.of(1L, "x1", List.of(1L, 2L)),
            List.of(2L, "x2", List.of(2L, 2L)));
    Answer kept = cache.find("key", SECOND).orElseThrow();
    assertThat(kept.provenance()).isEqualTo(SECOND);
    assertThat(kept.columns()).extracting(column -> column.name()).containsExactly("i", "t", "l");
    assertThat(read(kept)).isEqualTo(rows);
    assertThat(cache.find("other key", SECOND)).isEmpty();
    long row = 32 + 24 + (24 + 2 * 2) + (24 + 24 + 24);
    assertThat(cache.bytes()).isEqualTo(3 * row + 3);
  }

  @Test
  void whatWasReadInPartIsNotKept() throws SQLException {
    ResultCache cache = new ResultCache(1 << 20);
    try (Answer answer = cache.keeping("key", run(engine, "SELECT * FROM range(10)"))) {
      for (int i = 0; i < 10; i++) {
        assertThat(answer.next()).isTrue();
      }
    }
    assertThat(isKept(cache, "key")).isFalse();
    assertThat(cache.bytes()).isZero();
    keep(cache, "key", "SELECT * FROM range(10)");
    assertThat(isKept(cache, "key")).isTrue();
  }

  @Test
  void oneAnswerTakesItsShareAtMost() throws SQLException {
    ResultCache cache = new ResultCache(16 * 10 * ONE_ROW);
    assertThat(keep(cache, "", "SELECT * FROM range(10)")).hasSize(10);
    assertThat(isKept(cache, "")).isTrue();
    assertThat(cache.bytes()).isEqualTo(10 * ONE_ROW);
    assertThat(keep(cache, "k", "SELECT * FROM range(11)")).hasSize(11);
    assertThat(isKept(cache, "k")).isFalse();
    assertThat(keep(cache, "k", "SELECT repeat('x', 200)")).hasSize(1);
    assertThat(isKept(cache, "k")).as("long texts count").isTrue();
    assertThat(keep(cache, "l", "SELECT repeat('x', 300)")).hasSize(1);
    assertThat(isKept(cache, "l")).isFalse();
    assertThat(keep(new ResultCache(0), "k", "SELECT 1")).hasSize(1);
  }

  @Test
  void theLeastRecentlyUsedGoFirst() throws SQLException {
    long ofOne = ONE_ROW + 2;
    ResultCache cache = new ResultCache(40 * ofOne);
    for (int key = 10; key < 50; key++) {
      keep(cache, "" + key, "SELECT 1");
    }
    assertThat(cache.bytes()).isEqualTo(40 * ofOne);
    assertThat(isKept(cache, "10")).isTrue(); // and was used just now
    keep(cache, "99", "SELECT 1");
    assertThat(isKept(cache, "11")).isFalse();
    assertThat(isKept(cache, "10")).isTrue();
    assertThat(isKept(cache, "12")).isTrue();
    assertThat(cache.bytes()).isEqualTo(40 * ofOne);
    keep(cache, "10", "SELECT 1 UNION ALL SELECT 2"); // in place of the first
    assertThat(read(cache.find("10", SECOND).orElseThrow())).hasSize(2);
    assertThat(isKept(cache, "13")).isFalse();
    assertThat(cache.bytes()).isEqualTo(39 * ofOne + ONE_ROW);
  }

  @Test
  void neverMoreThanItsBoundWhateverComes() throws SQLException {
    for (long seed = 0; seed < 20; seed++) {
      System.out.println("ResultCacheTest seed " + seed);
      Random random = new Random(seed);
      long maxBytes = 1_000L + random.nextInt(20_000);
      ResultCache cache = new ResultCache(maxBytes);
      for (int i = 0; i < 100; i++) {
        int rows = random.nextInt(30);
        String key = "k" + random.nextInt(20);
        assertThat(keep(cache, key, "SELECT * FROM range(" + rows + ")")).hasSize(rows);
        long size = rows * ONE_ROW + key.length();
        assertThat(cache.bytes()).as("seed %s", seed).isLessThanOrEqualTo(maxBytes);
        if (size > maxBytes / 16 && rows > 0) {
          continue; // an older one of that key may still be there
        }
        assertThat(read(cache.find(key, SECOND).orElseThrow())).hasSize(rows);
      }
    }
  }

  @Test
  void twoReadAtOnceEachFromItsOwnPlace() throws Exception {
    ResultCache cache = new ResultCache(1 << 20);
    keep(cache, "key", "SELECT * FROM range(3)");
    try (Answer one = cache.find("key", SECOND).orElseThrow();
        Answer two = cache.find("key", SECOND).orElseThrow()) {
      assertThat(one.next()).isTrue();
      assertThat(one.next()).isTrue();
      assertThat(two.next()).isTrue();
      assertThat(one.value(0)).isEqualTo(1L);
      assertThat(two.value(0)).isEqualTo(0L);
    }
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Integer>> sessions = new ArrayList<>();
      for (int session = 0; session < 2; session++) {
        sessions.add(threads.submit(() -> askAgainAndAgain(cache)));
      }
      for (Future<Integer> session : sessions) {
        assertThat(session.get()).isEqualTo(300);
      }
    } finally {
      threads.shutdownNow();
    }
    long expected = 3 * ONE_ROW + 3;
    for (int i = 0; i < 10; i++) {
      assertThat(isKept(cache, "same " + i)).isTrue();
      expected += (i + 1) * ONE_ROW + 6;
    }
    assertThat(cache.bytes()).isEqualTo(expected);
  }

  /** Two of these keep the same answers in place of each other's. */
  private static int askAgainAndAgain(ResultCache cache) throws SQLException {
    int right = 0;
    try (Connection own = DriverManager.getConnection("jdbc:duckdb:")) {
      for (int i = 0; i < 300; i++) {
        int rows = i % 10 + 1;
        String key = "same " + i % 10;
        Optional<Answer> kept = i % 3 == 0 ? Optional.empty() : cache.find(key, SECOND);
        Answer answer =
            kept.isPresent()
                ? kept.get()
                : cache.keeping(key, run(own, "SELECT * FROM range(" + rows + ")"));
        right += read(answer).size() == rows ? 1 : 0;
      }
    }
    return right;
  }
}
