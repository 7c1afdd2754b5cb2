package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.Rows;
import tidemark.gateway.Rows.RowKey;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.gateway.ask.Session;
import tidemark.gateway.rules.RuleBook;
import tidemark.gateway.rules.Rules;
import tidemark.gateway.verdicts.SaidVerdicts;
import tidemark.state.MetricType;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.Measure;
import tidemark.state.definition.Monitor.Thresholds;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;

/** docs/sql.md says nothing that does not run: each of its examples gives rows. */
class SqlExamplesTest {
  private static final Path PAGE = Path.of("..", "docs", "sql.md");
  private static final Pattern EXAMPLE = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path directory;

  @Test
  void everyExampleOfThePageGivesRows() throws IOException {
    RowKey cpu = RowKey.of("cpu", 1, MetricType.GAUGE);
    RowKey requests = RowKey.of("requests", 3, MetricType.COUNTER);
    RowKey latency = RowKey.of("latency", 4, MetricType.DISTRIBUTION);
    List<Record> rows = new ArrayList<>();
    List<Record> seriesRows = new ArrayList<>();
    Instant recent = Instant.now().truncatedTo(ChronoUnit.MINUTES).minusSeconds(180);
    for (RowKey key : List.of(cpu, requests, latency)) {
      for (Instant start : List.of(Rows.WINDOW, recent)) {
        rows.add(Rows.rollup(key.in(10, start), Rows.points(1, 2)));
        rows.add(Rows.rollup(key.in(60, start), Rows.points(1, 2)));
      }
      rows.add(Rows.rollup(key.in(3600, Rows.WINDOW), Rows.points(1, 2)));
      seriesRows.add(Rows.series(key, Map.of("host", "h1", "service", "web")));
    }
    try (StoredTables tables = StoredTables.local(directory)) {
      tables.commit(1, recent.plusSeconds(60).toEpochMilli(), rows, seriesRows);
      Map<String, String> properties = new HashMap<>(tables.properties());
      properties.put("gateway.cache-directory", directory.resolve("cache").toString());
      try (QueryGateway gateway =
              QueryGateway.start(
                  GatewayConfig.from(properties),
                  Optional.empty(),
                  monitors(),
                  new SaidVerdicts(List.of(alert())),
                  1 << 20);
          Session session = gateway.open(Rows.ORG)) {
        List<String> examples = examples();
        assertThat(examples).hasSizeGreaterThan(9);
        for (String example : examples) {
          assertThat(rows(session, example)).as(example).isPositive();
        }
        for (Relations.Relation relation : Relations.ALL) {
          assertThat(Files.readString(PAGE)).contains("`" + relation.name() + "`");
        }
        for (var column : Relations.ALL.get(0).columns()) {
          assertThat(Files.readString(PAGE)).contains("`" + column.name() + "`");
        }
      }
    }
  }

  private static Rules monitors() {
    RuleBook book = new RuleBook();
    book.accept(
        new Monitor(
            Rows.ORG,
            "slow",
            1,
            0,
            new SeriesFilter(new TextPattern("latency"), List.of()),
            MetricType.DISTRIBUTION,
            new TreeSet<>(List.of("service")),
            new Measure(Monitor.Function.PERCENTILE, 0.99),
            60_000,
            60_000,
            new Thresholds(
                Monitor.Side.ABOVE,
                1,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                OptionalDouble.empty()),
            Monitor.NoData.REPORT,
            0,
            60_000,
            10),
        0);
    return book;
  }

  private static Verdict alert() {
    VerdictSubject subject = new VerdictSubject(Rows.ORG, "slow", 1, List.of("service:web"));
    long endMs = Instant.now().truncatedTo(ChronoUnit.MINUTES).toEpochMilli();
    return new Verdict(
        subject.verdictId(endMs),
        0,
        subject,
        endMs - 60_000,
        endMs,
        VerdictStatus.ALERT,
        2,
        2,
        new Evidence(endMs, Completeness.PROVEN, "{\"tidemark-points/0\":7}", List.of()),
        Set.of());
  }

  private static int rows(Session session, String sql) {
    int rows = 0;
    try (PreparedQuery query = session.prepare(sql);
        Answer answer = query.run(List.of())) {
      while (answer.next()) {
        rows++;
      }
    }
    return rows;
  }

  private static List<String> examples() throws IOException {
    List<String> examples = new ArrayList<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      examples.add(matcher.group(1));
    }
    return examples;
  }
}
