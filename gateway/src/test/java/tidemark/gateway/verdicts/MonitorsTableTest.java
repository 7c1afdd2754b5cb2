package tidemark.gateway.verdicts;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.gateway.verdicts.SampleVerdicts.START_MS;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.rules.RuleBook;
import tidemark.state.MetricType;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Measure;
import tidemark.state.definition.Monitor.NoData;
import tidemark.state.definition.Monitor.Side;
import tidemark.state.definition.Monitor.Thresholds;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.VerdictStatus;

/** The table monitors: definitions of the org, and the present of their groups. */
class MonitorsTableTest {
  private static final long DAY_MS = 86_400_000;

  @TempDir private Path directory;

  private static Monitor monitor(String org, int version, long fromMs) {
    return new Monitor(
        org,
        "latency",
        version,
        fromMs,
        new SeriesFilter(
            new TextPattern("http.*"),
            List.of(new TagCondition("env", new TextPattern("it's"), true))),
        MetricType.DISTRIBUTION,
        new TreeSet<>(List.of("service", "zone")),
        new Measure(Function.PERCENTILE, 0.99),
        300_000,
        60_000,
        new Thresholds(
            Side.ABOVE,
            250,
            OptionalDouble.of(0.1),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        NoData.REPORT,
        300_000,
        DAY_MS,
        100);
  }

  private static RuleBook book() {
    RuleBook book = new RuleBook();
    book.accept(monitor("acme", 1, START_MS - DAY_MS), START_MS - 2 * DAY_MS);
    book.accept(monitor("acme", 2, START_MS), START_MS - 2 * DAY_MS);
    book.accept(monitor("umbra", 7, START_MS), START_MS - 2 * DAY_MS);
    book.accept(
        new Removal(Definition.Kind.MONITOR, "umbra", "latency", 8, START_MS + DAY_MS),
        START_MS - 2 * DAY_MS);
    return book;
  }

  private static Object time(long ms) {
    return Instant.ofEpochMilli(ms).atOffset(ZoneOffset.UTC);
  }

  @Test
  void definitionsAreShownToTheirOrg() {
    try (VerdictGateway world = new VerdictGateway(directory, book(), 1, 1000)) {
      assertThat(
              world.ask(
                  "acme",
                  "SELECT name, version, metric, conditions, type, group_by, measure,"
                      + " window_seconds, step_seconds, side, alert, warn, no_data,"
                      + " new_group_delay_seconds, forget_group_seconds, max_groups, begins, ends,"
                      + " groups_known, groups_alert FROM monitors WHERE version = 1"))
          .containsExactly(
              List.of(
                  "latency",
                  1,
                  "http.*",
                  List.of("env!=it's"),
                  "distribution",
                  List.of("service", "zone"),
                  "percentile(0.99)",
                  300L,
                  60L,
                  "above",
                  250.0,
                  0.1,
                  "report",
                  300.0,
                  86_400.0,
                  100,
                  time(START_MS - DAY_MS),
                  time(START_MS),
                  0L,
                  0L));
      assertThat(
              world.ask(
                  "acme",
                  "SELECT version FROM monitors WHERE ends IS NULL AND alert_recovery IS NULL AND"
                      + " warn_recovery IS NULL AND judged_to IS NULL"))
          .containsExactly(List.of(2));
      assertThat(world.ask("umbra", "SELECT version, ends FROM monitors"))
          .containsExactly(List.of(7, time(START_MS + DAY_MS)));
      assertThat(world.ask("nobody", "SELECT * FROM monitors")).isEmpty();
    }
  }

  @Test
  void groupsAreCountedByTheirLastState() {
    Random random = new Random(1);
    try (VerdictGateway world = new VerdictGateway(directory, book(), 1, 1000).makeTopic()) {
      int[][] windows = {{18, 19}, {18, 20}, {20, 19}, {0, 1}, {19, 20}, {14, 15}};
      VerdictStatus[][] states = {
        {VerdictStatus.OK, VerdictStatus.ALERT}, // a step behind
        {VerdictStatus.WARN, VerdictStatus.INCOMPLETE}, // still a warning
        {VerdictStatus.NO_DATA, VerdictStatus.ALERT}, // in no order
        {VerdictStatus.OK, VerdictStatus.ALERT}, // forgotten since
        {VerdictStatus.ALERT, VerdictStatus.OK},
        {VerdictStatus.OK, VerdictStatus.NO_DATA} // five minutes behind
      };
      for (int group = 0; group < windows.length; group++) {
        for (int i = 0; i < 2; i++) {
          world.send(
              SampleVerdicts.of(
                  SampleVerdicts.subject("acme", "latency", 2, group),
                  windows[group][i],
                  0,
                  states[group][i],
                  random));
        }
      }
      // what counts is what was told last, also with a lower revision
      world.send(
          SampleVerdicts.of(
              SampleVerdicts.subject("acme", "latency", 2, 6), 20, 1, VerdictStatus.ALERT, random));
      world.send(
          SampleVerdicts.of(
              SampleVerdicts.subject("acme", "latency", 2, 6), 20, 0, VerdictStatus.WARN, random));
      world.send(
          SampleVerdicts.of(
              SampleVerdicts.subject("umbra", "latency", 2, 6),
              20,
              0,
              VerdictStatus.ALERT,
              random));
      world.awaitRead();
      assertThat(
              world.ask(
                  "acme",
                  "SELECT version, judged_to, groups_known, groups_alert, groups_warn,"
                      + " groups_no_data FROM monitors WHERE version = 2"))
          .containsExactly(List.of(2, time(START_MS + 20 * 60_000), 6L, 1L, 2L, 2L));
      assertThat(world.ask("acme", "SELECT groups_known FROM monitors WHERE version = 1"))
          .containsExactly(List.of(0L));
    }
  }
}
