package tidemark.gateway.walls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

class WallsTest {
  private static final Walls WALLS = new Walls(AttackList.LISTS);

  @AfterAll
  static void close() {
    WALLS.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "SELECT 1 ~ QUERY",
        "(SELECT 1) ~ QUERY",
        "with a as (select 1) from a ~ QUERY",
        "VALUES (1) ~ QUERY",
        "FROM points ~ QUERY",
        "TABLE points ~ QUERY",
        "EXPLAIN SELECT 1 ~ EXPLAIN",
        "explain analyze from points ~ EXPLAIN_ANALYZE",
        "DESCRIBE points ~ DESCRIBE",
        "desc SELECT 1 ~ DESCRIBE",
        "SUMMARIZE points ~ SUMMARIZE",
        "SHOW TABLES ~ SHOW_TABLES",
        "SHOW ALL ~ SHOW_ALL",
        "SHOW timezone ~ SHOW_SETTING",
        "SET timezone = 'UTC' ~ SET",
        "SET timezone TO DEFAULT ~ RESET",
        "RESET ALL ~ RESET",
      })
  void kindsAreTold(String sql, StatementKind kind) {
    CheckedStatement checked = WALLS.check(sql);
    assertThat(checked.kind()).isEqualTo(kind);
    assertThat(checked.tree().has("node")).isEqualTo(kind.hasQuery());
  }

  @Test
  void whatAStatementNamesIsFound() {
    CheckedStatement checked =
        WALLS.check(
            """
            WITH Busy AS (SELECT metric, percentile(value, $2) AS p FROM Points GROUP BY ALL)
            SELECT b.metric, tags['service'], tags.host, "Odd Name" + 1
            FROM busy b JOIN public.series USING (series_id)
            WHERE EXISTS (FROM metrics m WHERE m.metric = b.metric AND abs(b.p) > $1)
            """);
    assertThat(checked.relations()).containsExactlyInAnyOrder("points", "series", "metrics");
    assertThat(checked.ctes()).containsExactly("busy");
    assertThat(checked.functions()).containsExactlyInAnyOrder("percentile", "abs", "+");
    assertThat(checked.columns())
        .containsExactlyInAnyOrder(
            "metric", "value", "b", "tags", "host", "Odd Name", "series_id", "m", "p", "*");
    assertThat(checked.parameterCount()).isEqualTo(2);
    assertThat(checked.tree().path("named_param_map")).hasSize(2);
    assertThat(checked.tree().path("node").path("type").asText()).isEqualTo("SELECT_NODE");
  }

  @Test
  void aCteHidesARelation() {
    assertThat(WALLS.check("WITH points AS (SELECT 1) FROM points").relations()).isEmpty();
    assertThat(WALLS.check("WITH points AS (FROM points) FROM points").relations())
        .containsExactly("points");
    assertThat(WALLS.check("SELECT (WITH points AS (SELECT 1) SELECT 2) FROM points").relations())
        .containsExactly("points");
    assertRefused(
        "WITH points AS (SELECT 1) FROM public.points", SqlState.FEATURE_NOT_SUPPORTED, 32);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "SELECT 1 ; -- end ~ SELECT 1",
        "/* a */ SELECT 1 /* b */ ~ /* a */ SELECT 1",
        "SELECT public FROM public.points, PUBLIC/**/. \"series\" s ~ SELECT public FROM points,"
            + " \"series\" s",
        "SELECT 'public.points', public.x FROM \"Public\".points public ~ SELECT 'public.points',"
            + " public.x FROM points public",
        "DESCRIBE public.points; ~ DESCRIBE points",
        "TABLE public.points ~ TABLE points",
        "PIVOT public.points ON a IN (1) USING sum(b) ~ PIVOT points ON a IN (1) USING sum(b)",
        "SELECT 'é', x FROM public.points ~ SELECT 'é', x FROM points",
      })
  void whatRunsIsTheTextWithoutSchemaAndEnd(String sql, String expected) {
    assertThat(WALLS.check(sql).sql()).isEqualTo(expected);
  }

  @Test
  void explainIsBlanked() {
    assertThat(WALLS.check("EXPLAIN SELECT 1;").sql()).isEqualTo("        SELECT 1");
    assertThat(WALLS.check("/* é */ explain analyze FROM points").sql())
        .isEqualTo(" ".repeat(23) + " FROM points");
  }

  @Test
  void refusalsShowTheirPlace() {
    assertRefused("SELECT x FROM nothing", SqlState.UNDEFINED_TABLE, 15);
    assertRefused("SELECT 'é', 'x'::regclass", SqlState.UNDEFINED_OBJECT, 0);
    assertRefused("SELECT 'é\uD83D\uDE00', current_query()", SqlState.NOT_ALLOWED, 14);
    assertRefused("SELECT sume(1)", SqlState.UNDEFINED_FUNCTION, 8);
    assertRefused("SELECT 'é' FRM points p", SqlState.SYNTAX_ERROR, 16);
    assertRefused("SELECT '\uD83D\uDE00' FRM points p", SqlState.SYNTAX_ERROR, 16);
    assertRefused("EXPLAIN SELECT * FROM nothing", SqlState.UNDEFINED_TABLE, 23);
    assertRefused("DROP TABLE points", SqlState.READ_ONLY, 1);
    assertThatThrownBy(() -> WALLS.check("SELECT * FROM nothing"))
        .hasMessage("there is no relation \"nothing\", only freshness, metrics, points, series");
    assertThatThrownBy(() -> WALLS.check("SELECT * FROM read_csv('/etc/passwd')"))
        .hasMessage(
            "the function read_csv is not allowed in FROM, only generate_series, json_each,"
                + " json_tree, range, unnest");
  }

  private static void assertRefused(String sql, SqlState state, int position) {
    assertThatThrownBy(() -> WALLS.check(sql))
        .isInstanceOfSatisfying(
            AskException.class,
            e -> {
              assertThat(e.state()).isEqualTo(state);
              assertThat(e.position().orElse(0)).isEqualTo(position);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "SET timezone = 'Europe/Berlin' ~ timezone ~ Europe/Berlin",
        "set session TIMEZONE to UTC; ~ timezone ~ UTC",
        "SET LOCAL TIME ZONE 'it''s' ~ timezone ~ it's",
        "SET search_path = points, \"$user\", 'x' ~ search_path ~ points, $user, x",
        "SET as_of = -12 ~ as_of ~ -12",
        "SET as_of = +12.5 ~ as_of ~ 12.5",
        "SET wait_complete TO on ~ wait_complete ~ on",
        "SET as_of = '2026-01-01 00:00' ~ as_of ~ 2026-01-01 00:00",
      })
  void settingsHaveANameAndAValue(String sql, String name, String value) {
    CheckedStatement checked = WALLS.check(sql);
    assertThat(checked.kind()).isEqualTo(StatementKind.SET);
    assertThat(checked.settingName()).isEqualTo(name);
    assertThat(checked.settingValue()).isEqualTo(value);
  }

  @Test
  void settingsAreShownAndReset() {
    assertThat(WALLS.check("SHOW TIME ZONE").settingName()).isEqualTo("timezone");
    assertThat(WALLS.check("SHOW server_version").settingName()).isEqualTo("server_version");
    assertRefused("SET server_version = 1", SqlState.UNDEFINED_OBJECT, 5);
    assertThat(WALLS.check("SHOW TRANSACTION ISOLATION LEVEL").settingName())
        .isEqualTo("transaction_isolation");
    assertThat(WALLS.check("RESET ALL").settingName()).isEqualTo("all");
    assertThat(WALLS.check("SET TIME ZONE LOCAL").kind()).isEqualTo(StatementKind.RESET);
  }

  @Test
  void listsAreOfPlainNamesInAnyCase() {
    try (Walls walls =
        new Walls(new WallLists(Set.of("MyPoints"), Set.of("MyRate"), Set.of("As_Of"), Set.of()))) {
      CheckedStatement checked = walls.check("SELECT MYRATE(x) FROM MYPOINTS");
      assertThat(checked.relations()).containsExactly("mypoints");
      assertThat(checked.functions()).containsExactly("myrate");
      assertThat(walls.check("SET AS_OF = 1").settingName()).isEqualTo("as_of");
      assertThatThrownBy(() -> walls.check("FROM points")).isInstanceOf(AskException.class);
    }
    assertThatThrownBy(() -> new WallLists(Set.of("a.csv"), Set.of(), Set.of(), Set.of()))
        .hasMessage("a relation must have a plain name, got a.csv");
  }

  @Test
  void manyThreadsMayAskAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<CheckedStatement>> answers = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        String sql = "SELECT abs(%d) FROM points".formatted(i);
        answers.add(threads.submit(() -> WALLS.check(sql)));
      }
      for (int i = 0; i < 400; i++) {
        CheckedStatement checked = answers.get(i).get();
        assertThat(checked.tree().findValue("children").findValue("value").path("value").asInt())
            .isEqualTo(i);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The parser has a thread of its own: that of the caller may have the smallest of stacks. */
  @Test
  void aSmallStackIsEnough() throws Exception {
    List<String> found = new ArrayList<>();
    Thread small =
        new Thread(
            null,
            () -> {
              found.add(WALLS.check("SELECT 1" + "+1".repeat(240)).kind().toString());
              try {
                WALLS.check("SELECT 1" + "+1".repeat(900));
              } catch (AskException e) {
                found.add(e.state().toString());
              }
            },
            "small",
            256 * 1024);
    small.start();
    small.join();
    assertThat(found).containsExactly("QUERY", "STATEMENT_TOO_COMPLEX");
  }
}
