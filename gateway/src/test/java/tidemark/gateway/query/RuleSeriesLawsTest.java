package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.gateway.query.SampleRules.dropping;
import static tidemark.gateway.query.SampleRules.keep;
import static tidemark.gateway.query.SampleRules.removal;
import static tidemark.gateway.query.SampleRules.where;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.StoredTables;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.PreparedQuery;
import tidemark.state.MetricType;

/**
 * Random statements give what plain loops over the points give, whether series of rules stand in or
 * not, from stored rows alone, from hot ones alone, and from both sides of the seam: rules begin,
 * change and end within the time asked for. {@code -Dtidemark.query.seeds=5000} runs more.
 */
class RuleSeriesLawsTest {
  private static final int SEEDS = Integer.getInteger("tidemark.query.seeds", 500);
  private static final String LINEAGE = "lineage-1";
  private static final UUID JOB = new UUID(1, 2);

  private static final SampleRules RULES =
      new SampleRules()
          .with(keep("acme", "by-host", 1, 20 * 60_000 + 13_000, "host", "region"))
          .with(keep("acme", "by-host", 2, 80 * 60_000, "region", "Service"))
          .with(removal("acme", "by-host", 3, 140 * 60_000 + 5_000))
          .with(
              SampleRules.of(
                  keep("acme", "by-service", 1, 600_000, "Service", "region"),
                  "gauge.*",
                  Set.of(MetricType.GAUGE),
                  Set.of(60, 3600)))
          .with(
              SampleRules.of(
                  keep("acme", "total", 1, -3_600_000),
                  "distribution.*",
                  Set.of(MetricType.DISTRIBUTION),
                  Set.of(10, 60)))
          .with(where(dropping(keep("acme", "no-host", 1, -3_600_000, "host")), "region", "eu-1"))
          .with(
              SampleRules.of(
                  dropping(keep("acme", "counts", 1, 45 * 60_000, "region", "Service")),
                  "counter.0",
                  SampleRules.ANY_TYPE,
                  SampleRules.ALL_TIERS))
          .with(keep("umbra", "by-host", 1, -3_600_000, "host", "region"));

  /** Three of four are such statements. */
  private static final Pattern MAY_USE_RULES =
      Pattern.compile("(?!.*(series_id|JOIN|count\\(\\*|avg\\(|max\\(count)).* metric = .*");

  /** Statements whose values do not depend on the order in which doubles were added. */
  private static final Pattern SUMS = Pattern.compile("sum\\((p\\.)?sum\\)|average|rate|avg");

  /** Stored rows, in files that are left to the engine. */
  private static final String UNSCANNED = "unscanned";

  @TempDir Path directory;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Map<String, QuerySession> sessions = new HashMap<>();
  private List<SampleRow> merged;
  private long watermarkMs;

  /** A closed checkpoint. */
  private record Epoch(long checkpoint, long watermarkMs, List<SampleRow> rows) {}

  @BeforeEach
  void open() {
    Random random = new Random(7);
    SampleWorld world = RULES.apply(SampleWorld.of(random, 3, 6_000, 3 * 3_600_000L));
    FedTopic both = new FedTopic(2, Integer.MAX_VALUE);
    FedTopic feedOnly = new FedTopic(2, Integer.MAX_VALUE);
    List<Epoch> epochs = new ArrayList<>();
    for (FedTopic topic : List.of(both, feedOnly)) {
      epochs.clear();
      Random moves = new Random(8);
      SampleJob job = new SampleJob(world, moves, topic, JOB, 1_000, 0, SampleJob.State.START, 2);
      for (long checkpoint = 1; !job.isDone(); checkpoint++) {
        for (int i = moves.nextInt(5); i >= 0; i--) {
          job.take(120);
        }
        SampleJob.State state = job.pass(checkpoint);
        epochs.add(new Epoch(checkpoint, state.watermarkMs(), job.takeClosed()));
      }
      watermarkMs = job.watermarkMs();
    }
    merged =
        SampleRow.merged(
            epochs.stream()
                .flatMap(epoch -> epoch.rows().stream())
                .filter(row -> row.series().org().equals("acme"))
                .filter(row -> row.series().metric().indexOf('@') < 0)
                .toList());
    start("stored", world, epochs, Optional.empty());
    start(UNSCANNED, world, epochs, Optional.empty());
    start("both", world, epochs.subList(0, epochs.size() / 2), Optional.of(both));
    start("hot", world, List.of(), Optional.of(feedOnly));
  }

  private void start(String name, SampleWorld world, List<Epoch> epochs, Optional<FedTopic> topic) {
    Path folder = directory.resolve(name);
    assertThat(folder.toFile().mkdirs()).isTrue();
    StoredTables tables = StoredTables.local(folder);
    if (name.equals(UNSCANNED)) {
      tables.writeGzip();
    }
    opened.add(tables);
    SampleHistory history = new SampleHistory(tables);
    history.fence(LINEAGE, JOB, 0);
    if (!epochs.isEmpty()) {
      tables.commitSeries(
          world.series().stream().map(series -> series.stored(SampleWorld.START_MS)).toList());
    }
    for (Epoch epoch : epochs) {
      history.epoch(LINEAGE, JOB, epoch.checkpoint(), epoch.watermarkMs(), epoch.rows());
    }
    Map<String, String> properties = new HashMap<>(tables.properties());
    properties.put("gateway.cache-directory", folder.resolve("cache").toString());
    QueryGateway gateway =
        QueryGateway.start(
            GatewayConfig.from(properties),
            topic.map(feed -> (FeedSource) feed),
            RULES.book(),
            1 << 20);
    opened.add(gateway);
    topic.ifPresent(
        feed -> {
          for (int i = 0; i < feed.partitions(); i++) {
            feed.read(i, Integer.MAX_VALUE);
          }
        });
    sessions.put(name, gateway.open("acme"));
  }

  @AfterEach
  void close() throws Exception {
    sessions.values().forEach(QuerySession::close);
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
  }

  @Test
  void aRuleChangesNoAnswer() {
    List<String> failures = new ArrayList<>();
    Map<String, Integer> used = new TreeMap<>();
    int seed = -1;
    for (int asked = 0; asked < SEEDS / 2; asked++) {
      QueryCase query;
      do {
        query = QueryCases.of(new Random(++seed));
      } while (!MAY_USE_RULES.matcher(query.sql()).matches() && asked % 4 != 0);
      String name = List.of("stored", "hot", "both", UNSCANNED).get(seed % 4);
      String what = "seed " + seed + ", " + name + ", " + query.sql() + " " + query.parameters();
      QuerySession session = sessions.get(name);
      try {
        Asking.ask(session, "SET rule_series = off");
        Told finer = ask(session, query);
        assertThat(finer.rules()).isEmpty();
        Asking.ask(session, "SET rule_series = on");
        Told told = ask(session, query);
        query.check(merged, watermarkMs, finer.rows(), what + " without rules");
        query.check(merged, watermarkMs, told.rows(), what + " with " + told.rules());
        if (!SUMS.matcher(query.sql()).find()) {
          assertThat(told.sorted()).isEqualTo(finer.sorted());
        }
        told.rules().forEach(rule -> used.merge(name + " " + rule, 1, Integer::sum));
      } catch (AssertionError | RuntimeException e) {
        failures.add(what + "\n    " + e.getMessage());
      }
    }
    System.out.println("RuleSeriesLawsTest seeds 0 to " + seed + ", used " + used);
    assertThat(failures).isEmpty();
    assertThat(used.keySet())
        .contains("stored by-host/1", "hot by-host/2", "both by-host/1", UNSCANNED + " by-host/2")
        .contains("stored by-service/1", "hot total/1", "both counts/1")
        .noneMatch(rule -> rule.contains("no-host"));
  }

  /** An answer and the rules that it names. */
  private record Told(List<List<Object>> rows, List<String> rules) {
    List<String> sorted() {
      return rows.stream().map(String::valueOf).sorted().toList();
    }
  }

  private static Told ask(QuerySession session, QueryCase query) {
    try (PreparedQuery prepared = session.prepare(query.sql());
        Answer answer = prepared.run(query.parameters())) {
      List<List<Object>> rows = new ArrayList<>();
      while (answer.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 0; i < answer.columns().size(); i++) {
          row.add(answer.value(i));
        }
        rows.add(row);
      }
      return new Told(rows, answer.provenance().rules());
    }
  }
}
