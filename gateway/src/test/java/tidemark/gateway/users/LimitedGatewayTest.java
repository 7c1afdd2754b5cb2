package tidemark.gateway.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.gateway.ask.SqlState;

class LimitedGatewayTest {
  private static final Origin ORIGIN = new Origin("postgres", "10.0.0.1", "psql");
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final UserLimits USER_LIMITS =
      new UserLimits(3, 2, 5000, Duration.ofMillis(400), 0.5);
  private static final LimitsConfig CONFIG =
      new LimitsConfig(5, 3, 2, 10, Duration.ofMillis(200), GRACE, Duration.ofSeconds(20));

  @TempDir private Path directory;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final DuckGateway duck =
      new DuckGateway(Map.of("alice", "shop", "bob", "bank"), "pencil");
  private final HangingGateway hanging = new HangingGateway("shop");
  private Users users;
  private AuditLog auditLog;
  private LimitedGateway gateway;

  @BeforeEach
  void addUsers() throws IOException {
    Path path = directory.resolve("users.json");
    Users.add(path, "alice", "shop", "pencil");
    Users.add(path, "bob", "bank", "pencil");
    auditLog = AuditLog.open(AuditConfig.at(directory.resolve("audit.log")));
  }

  @AfterEach
  void end() throws IOException {
    hanging.letGo();
    threads.shutdownNow();
    gateway.close();
    Until.holds("all sessions are closed", () -> gateway.sessions() == 0);
    auditLog.close();
    assertThat(duck.openSessions()).isZero();
    assertThat(hanging.openSessions()).isZero();
  }

  private LimitedGateway over(Gateway engine, LimitsConfig config, UserLimits limits) {
    users = Users.open(directory.resolve("users.json"), limits);
    gateway =
        new LimitedGateway(
            engine,
            users,
            config,
            auditLog,
            new GatewayMetrics(registry, GatewayMetrics.OrgLabel.HIDDEN));
    return gateway;
  }

  private List<JsonNode> lines() throws IOException {
    auditLog.close();
    List<JsonNode> lines = new ArrayList<>();
    for (String text : Files.readAllLines(directory.resolve("audit.log"))) {
      lines.add(new ObjectMapper().readTree(text));
    }
    return lines;
  }

  private String metrics() {
    return PrometheusTextFormatWriter.create().toDebugString(registry.scrape());
  }

  private static SqlState stateOf(Runnable call) {
    try {
      call.run();
      throw new AssertionError("did not fail");
    } catch (AskException e) {
      return e.state();
    }
  }

  private static long count(Session session, String sql) {
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of())) {
      long rows = 0;
      while (answer.next()) {
        rows++;
      }
      return rows;
    }
  }

  @Test
  void rowsComeThroughInOrderAndAreRecorded() throws IOException {
    over(duck, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN);
        PreparedQuery query = session.prepare("SELECT i, 'ab' FROM range($1::BIGINT) r(i)")) {
      assertThat(session.org()).isEqualTo("shop");
      for (long size : new long[] {0, 1, 63, 64, 65, 3000}) {
        try (Answer answer = query.run(List.of(size))) {
          for (long i = 0; i < size; i++) {
            assertThat(answer.next()).isTrue();
            assertThat(answer.value(0)).isEqualTo(i);
            assertThat(answer.value(1)).isEqualTo("ab");
          }
          assertThat(answer.next()).isFalse();
          assertThat(answer.next()).isFalse();
          assertThat(answer.provenance()).isEqualTo(DuckGateway.PROVENANCE);
        }
      }
    }
    List<JsonNode> lines = lines();
    assertThat(lines)
        .extracting(line -> line.get("rows").longValue())
        .containsExactly(0L, 1L, 63L, 64L, 65L, 3000L);
    JsonNode last = lines.get(5);
    assertThat(last.get("bytes").longValue()).isEqualTo(3000 * 10);
    assertThat(last.get("user").textValue()).isEqualTo("alice");
    assertThat(last.get("org").textValue()).isEqualTo("shop");
    assertThat(last.get("protocol").textValue()).isEqualTo("postgres");
    assertThat(last.get("parameters").intValue()).isEqualTo(1);
    assertThat(last.get("state").textValue()).isEqualTo("00000");
    assertThat(last.get("epoch").longValue()).isEqualTo(42);
    assertThat(last.get("hot_rows").longValue()).isEqualTo(1234);
    assertThat(metrics())
        .contains("tidemark_gateway_rows_total{org=\"\",protocol=\"postgres\"} 3193.0")
        .contains(
            "tidemark_gateway_queries_total{org=\"\",protocol=\"postgres\",state=\"00000\"} 6.0")
        .doesNotContain("shop");
  }

  @Test
  void refusedStatementsAreRecordedToo() throws IOException {
    over(duck, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN)) {
      assertThatThrownBy(() -> session.prepare("FAIL NOT_ALLOWED"))
          .isInstanceOf(AskException.class)
          .hasMessage("failed as asked");
      assertThatThrownBy(() -> session.prepare("CRASH"))
          .isInstanceOf(AskException.class)
          .hasMessage("internal error");
      assertThat(stateOf(() -> count(session, "SELECT CAST('x' || i AS INT) FROM range(9) r(i)")))
          .isEqualTo(SqlState.DATA_EXCEPTION);
    }
    assertThat(lines())
        .extracting(line -> line.get("state").textValue())
        .containsExactly("42501", "XX000", "22000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PREPARE", "RUN", "NEXT", "CANCEL"})
  void anEngineThatNeverAnswersCostsItsCallerNoMoreThanTimeoutAndGrace(String where)
      throws IOException {
    over(hanging, CONFIG, USER_LIMITS);
    Session session = gateway.open("alice", ORIGIN);
    long start = System.nanoTime();
    assertThat(stateOf(() -> count(session, where))).isEqualTo(SqlState.QUERY_CANCELED);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(took).isBetween(Duration.ofMillis(400), Duration.ofMillis(2500));

    assertThat(hanging.cancels()).isPositive();
    assertThat(gateway.abandonedCalls()).isEqualTo(1);
    assertThat(stateOf(() -> count(session, "ok"))).isEqualTo(SqlState.SHUTTING_DOWN);
    session.close();
    assertThat(gateway.sessions()).as("it counts until the engine lets go").isEqualTo(1);
    assertThat(hanging.openSessions()).isEqualTo(1);
    assertThat(gateway.orgPlaces().taken()).isEqualTo(where.equals("PREPARE") ? 0 : 1);

    hanging.letGo();
    Until.holds("the engine's session is closed", () -> gateway.sessions() == 0);
    Until.holds("the place is free", () -> gateway.orgPlaces().taken() == 0);
    assertThat(hanging.openSessions()).isZero();
    assertThat(gateway.abandonedCalls()).isZero();
    assertThat(metrics()).contains("tidemark_gateway_calls_abandoned_total 1.0");
    assertThat(lines().get(0).get("state").textValue()).isEqualTo("57014");
  }

  @Test
  void anEngineThatHearsACancelKeepsItsSession() {
    over(hanging, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN)) {
      assertThat(stateOf(() -> count(session, "HEARS"))).isEqualTo(SqlState.QUERY_CANCELED);
      assertThat(gateway.abandonedCalls()).isZero();
      assertThat(count(session, "ok")).isEqualTo(3);
    }
  }

  @Test
  void aRealQueryEndsAtItsTimeout() {
    over(duck, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN)) {
      String slow = "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range % 7 = 3";
      assertThatThrownBy(() -> count(session, slow))
          .isInstanceOf(AskException.class)
          .hasMessage("the statement did not end in 400 ms");
      assertThat(gateway.abandonedCalls()).isZero();
      assertThat(count(session, "SELECT 1")).isEqualTo(1);
    }
  }

  @Test
  void aCancelFromOutsideEndsARunningQuery() throws Exception {
    UserLimits patient = new UserLimits(3, 2, 5000, Duration.ofMinutes(1), 0.5);
    over(hanging, CONFIG, patient);
    try (Session session = gateway.open("alice", ORIGIN)) {
      Future<SqlState> state = threads.submit(() -> stateOf(() -> count(session, "HEARS")));
      Until.holds("it runs", () -> hanging.hanging() == 1);
      session.cancel();
      assertThat(state.get()).isEqualTo(SqlState.QUERY_CANCELED);
      assertThat(count(session, "ok")).as("the cancel does not strike later ones").isEqualTo(3);
    }
  }

  @Test
  void aCancelEndsAnAnswerThatIsBeingRead() {
    UserLimits generous = new UserLimits(3, 2, 1L << 40, Duration.ofMinutes(1), 0.5);
    over(duck, CONFIG, generous);
    try (Session session = gateway.open("alice", ORIGIN);
        PreparedQuery query = session.prepare("SELECT * FROM range(1000000000)");
        Answer answer = query.run(List.of())) {
      assertThat(answer.next()).isTrue();
      session.cancel();
      assertThat(
              stateOf(
                  () -> {
                    while (answer.next()) {
                      assertThat((long) answer.value(0)).isLessThan(100_000);
                    }
                  }))
          .isEqualTo(SqlState.QUERY_CANCELED);
    }
    assertThat(gateway.orgPlaces().taken()).isZero();
  }

  @Test
  void anAnswerThatNobodyReadsEnds() {
    LimitsConfig hasty =
        new LimitsConfig(5, 3, 2, 10, Duration.ofMillis(200), GRACE, Duration.ofMillis(100));
    over(duck, hasty, new UserLimits(3, 2, 1L << 40, Duration.ofMinutes(1), 0.5));
    try (Session session = gateway.open("alice", ORIGIN);
        PreparedQuery query = session.prepare("SELECT * FROM range(1000000000)");
        Answer answer = query.run(List.of())) {
      Until.holds("its place is free", () -> gateway.orgPlaces().taken() == 0);
      assertThatThrownBy(
              () -> {
                while (answer.next()) {
                  assertThat(answer.value(0)).isNotNull();
                }
              })
          .hasMessage("the statement did not end in 100 ms");
    }
  }

  @Test
  void rowsAreLimited() throws IOException {
    over(duck, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN)) {
      assertThat(count(session, "SELECT * FROM range(5000)")).isEqualTo(5000);
      assertThatThrownBy(() -> count(session, "SELECT * FROM range(5001)"))
          .isInstanceOf(AskException.class)
          .hasMessage("an answer may have 5000 rows");
    }
    assertThat(lines().get(1).get("state").textValue()).isEqualTo("53400");
    assertThat(lines().get(1).get("rows").longValue()).isEqualTo(5000);
  }

  @Test
  void queriesAreLimitedByUserOrgAndInAll() {
    over(duck, CONFIG, new UserLimits(5, 2, 1L << 40, Duration.ofMinutes(1), 0.5));
    List<Session> sessions = new ArrayList<>();
    List<Answer> answers = new ArrayList<>();
    String sql = "SELECT * FROM range(1000000000)";
    for (String user : List.of("alice", "alice", "bob")) {
      sessions.add(gateway.open(user, ORIGIN));
      answers.add(sessions.get(sessions.size() - 1).prepare(sql).run(List.of()));
    }
    Session alice = gateway.open("alice", ORIGIN);
    Session bob = gateway.open("bob", ORIGIN);
    assertThatThrownBy(() -> count(alice, "SELECT 1"))
        .hasMessage("a user may run 2 queries at once");
    assertThat(stateOf(() -> count(bob, "SELECT 1"))).isEqualTo(SqlState.TOO_MANY_CONNECTIONS);
    assertThat(stateOf(() -> gateway.open("bob", ORIGIN))).isEqualTo(SqlState.TOO_MANY_CONNECTIONS);

    answers.get(0).close();
    assertThat(count(bob, "SELECT 1")).isEqualTo(1);
    assertThat(count(alice, "SELECT 1")).isEqualTo(1);
    sessions.forEach(Session::close);
    alice.close();
    bob.close();
  }

  @Test
  void sessionsOfAUserAreLimited() {
    over(duck, CONFIG, USER_LIMITS);
    List<Session> sessions = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sessions.add(gateway.open("alice", ORIGIN));
    }
    assertThatThrownBy(() -> gateway.open("alice", ORIGIN))
        .hasMessage("a user may have 3 sessions");
    sessions.get(0).close();
    gateway.open("alice", ORIGIN).close();
    sessions.get(1).close();
    sessions.get(1).close();
    sessions.get(2).close();
    assertThat(gateway.sessions()).isZero();
  }

  @Test
  void aUserThatIsRemovedAsksNothingMore() {
    over(duck, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN)) {
      Users.remove(directory.resolve("users.json"), "alice");
      Until.holds("the file is read again", () -> users.find("alice").isEmpty());
      assertThat(stateOf(() -> session.prepare("SELECT 1"))).isEqualTo(SqlState.WRONG_USER);
      assertThat(gateway.verifier("alice")).isEmpty();
      assertThat(stateOf(() -> gateway.open("alice", ORIGIN))).isEqualTo(SqlState.WRONG_USER);
    }
  }

  @Test
  void whatCannotBeRecordedDoesNotRun() throws Exception {
    auditLog.close();
    over(duck, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN)) {
      assertThat(stateOf(() -> session.prepare("SELECT 1"))).isEqualTo(SqlState.NOT_READY);
    }
  }

  @Test
  void aClosedGatewayOpensNothing() {
    over(duck, CONFIG, USER_LIMITS);
    try (Session session = gateway.open("alice", ORIGIN)) {
      gateway.close();
      assertThat(stateOf(() -> gateway.open("bob", ORIGIN))).isEqualTo(SqlState.SHUTTING_DOWN);
      assertThat(stateOf(() -> session.prepare("SELECT 1"))).isEqualTo(SqlState.SHUTTING_DOWN);
    }
  }
}
