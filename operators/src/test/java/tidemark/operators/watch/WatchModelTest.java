package tidemark.operators.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import tidemark.operators.watch.WatchHarness.Point;
import tidemark.operators.watch.WatchModel.Change;
import tidemark.operators.watch.WatchModel.Word;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.IntakeStatus;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

/**
 * The stage against {@link WatchModel} over random monitors, orders of arrival, delays, late rows,
 * stalled partitions, changed definitions and restarts at other parallelisms: what is said after
 * each step must be what the model says, no less and no more.
 */
class WatchModelTest {
  private static final int SEEDS = Integer.getInteger("seeds", 8);
  private static final int STEPS = 220;
  private static final long EVALUATIONS = 100_000;
  private static final long T0 = 1_700_000_000_000L;
  private static final double[] VALUES = {-3, -1, 0, 0.1, 0.2, 0.3, 1, 2, 2.5, 3, 5, 8};

  @Test
  void everyVerdictIsWhatThePointsSay() throws Exception {
    long evaluations = 0;
    Map<String, Long> told = new TreeMap<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      World world = new World(seed);
      world.run();
      evaluations += world.model.evaluations();
      world.told.forEach((what, count) -> told.merge(what, count, Long::sum));
    }
    System.out.printf("%d evaluations, told: %s%n", evaluations, told);
    assertThat(evaluations).isGreaterThan(EVALUATIONS);
    for (String what : List.of("OK", "WARN", "ALERT", "NO_DATA", "INCOMPLETE")) {
      assertThat(told.get(what)).as(what).isGreaterThan(100);
    }
    for (String what : List.of("EARLY", "LATE", "AMENDED", "PROVEN", "ESTIMATED", "changes")) {
      assertThat(told.get(what)).as(what).isGreaterThan(100);
    }
  }

  /** One seed's run. */
  private static final class World {
    final long seed;
    final Random random;
    final long amendForMs;
    final WatchConfig config;
    final WatchModel model;
    final Map<String, Long> told = new TreeMap<>();

    private DefinitionSet definitions = DefinitionSet.empty();
    private WatchHarness harness;
    private long frontierMs = T0;
    private long firstWatermarkMs = Long.MIN_VALUE;
    private IntakeStatus status = IntakeStatus.empty();
    private final Map<Integer, List<RawPoint>> arrivals = new HashMap<>();
    private final List<RawPoint> open = new ArrayList<>(); // in windows of the roll up
    private final Map<SeriesIdentity, Monitor> monitors = new HashMap<>();
    private final Set<SeriesIdentity> announced = new HashSet<>();
    private final Map<String, Verdict> latest = new HashMap<>();
    private final int maxDelaySteps;

    /** A point on its way, of a monitor's name and a host; which version takes it, time decides. */
    private record RawPoint(String monitor, String host, long timestampMs, double value) {
      long paneMs() {
        return timestampMs - Math.floorMod(timestampMs, 10_000L);
      }
    }

    World(long seed) {
      this.seed = seed;
      random = new Random(seed);
      amendForMs = random.nextInt(3) == 0 ? random.nextInt(200_000) : 900_000;
      config = new WatchConfig(amendForMs, 60_000L, 10_000L, 1024 + random.nextInt(10_000));
      model = new WatchModel(amendForMs);
      maxDelaySteps = 5 + random.nextInt(100);
    }

    void run() throws Exception {
      try {
        harness = WatchHarness.start(config);
        for (int i = 0; i < 4; i++) {
          define(
              RandomMonitors.next(random, "m" + i, 1, T0 + random.nextInt(100_000)), T0 - 20_000);
        }
        boolean isStalled = random.nextInt(3) == 0;
        for (int step = 0; step < STEPS; step++) {
          step(step, isStalled);
          if (random.nextInt(isStalled ? 8 : 30) == 0) {
            isStalled = !isStalled;
          }
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " at " + (frontierMs - T0) + " ms", e);
      } finally {
        harness.close();
      }
    }

    private void step(int step, boolean isStalled) throws Exception {
      send(step);
      for (RawPoint point : arrivals.getOrDefault(step, List.of())) {
        open.add(point);
      }
      arrivals.remove(step);
      if (random.nextInt(40) == 0) {
        redefine();
      }
      if (isStalled) {
        stall();
      } else {
        watermark();
      }
      if (random.nextInt(12) == 0) {
        closeRows(model.watermarkMs());
        harness.beforeBarrier();
        model.barrier();
        compare();
      }
      if (random.nextInt(35) == 0) {
        restart();
      }
    }

    private void define(Definition definition, long brokerMs) throws Exception {
      definitions = definitions.with(definition, brokerMs);
      harness.define(definitions);
      model.define(definitions);
    }

    /** Points of the next seconds, each of which arrives some steps later. */
    private void send(int step) {
      long nextMs = frontierMs + 1_000L * (1 + random.nextInt(20));
      for (int monitor = 0; monitor < 4; monitor++) {
        for (int host = 0; host < 4; host++) {
          // a host is silent for some minutes now and then
          if (((frontierMs - T0) / 150_000 + host * 7L + monitor + seed) % (2 + host) == 0) {
            continue;
          }
          for (int i = random.nextInt(4); i > 0; i--) {
            long timestampMs = frontierMs + random.nextInt((int) (nextMs - frontierMs));
            int delay =
                random.nextInt(5) > 0
                    ? 0
                    : random.nextInt(4) > 0 ? 1 + random.nextInt(3) : random.nextInt(maxDelaySteps);
            arrivals
                .computeIfAbsent(step + delay, key -> new ArrayList<>())
                .add(new RawPoint("m" + monitor, "h" + host, timestampMs, value()));
          }
        }
      }
      frontierMs = nextMs;
    }

    private double value() {
      return random.nextInt(60) == 0
          ? (random.nextBoolean() ? 1e16 : -1e16)
          : VALUES[random.nextInt(VALUES.length)];
    }

    private void redefine() throws Exception {
      String name = "m" + random.nextInt(4);
      List<Definition> known = definitions.versionsOf(Definition.Kind.MONITOR, "acme", name);
      int version = known.get(known.size() - 1).version() + 1;
      Definition next =
          random.nextInt(4) == 0
              ? new Removal(Definition.Kind.MONITOR, "acme", name, version, 0)
              : RandomMonitors.next(random, name, version, frontierMs + random.nextInt(30_000));
      define(next, frontierMs);
    }

    private void stall() throws Exception {
      useStatus(frontierMs + random.nextInt(3_000), new TreeSet<>(Set.of("points/1")));
      model.held(status.nowMs(), config.incompleteAfterMs());
      compare();
    }

    private void watermark() throws Exception {
      long reachedMs = Math.max(model.watermarkMs(), frontierMs - 1 - random.nextInt(8_000));
      useStatus(frontierMs + random.nextInt(3_000), new TreeSet<>());
      if (firstWatermarkMs == Long.MIN_VALUE) {
        firstWatermarkMs = reachedMs;
      }
      closeRows(reachedMs);
      harness.watermark(reachedMs);
      model.watermark(reachedMs);
      compare();
    }

    private void useStatus(long nowMs, SortedSet<String> stalled) throws Exception {
      // heartbeats are behind the watermark now and then: then it is an estimate
      long heartbeatMs = frontierMs - random.nextInt(6_000);
      TreeMap<String, IntakeStatus.Partition> partitions = new TreeMap<>();
      partitions.put("points/0", new IntakeStatus.Partition(frontierMs - T0, heartbeatMs));
      partitions.put("points/1", new IntakeStatus.Partition(1, frontierMs));
      int expected = random.nextInt(10) == 0 ? 3 : 2;
      status =
          new IntakeStatus(partitions, new TreeMap<>(Map.of("points", expected)), nowMs, stalled);
      harness.status(status);
    }

    /** What the roll up sends: rows of all panes that end up to the watermark. */
    private void closeRows(long watermarkMs) throws Exception {
      List<Point> rows = new ArrayList<>();
      for (RawPoint point : List.copyOf(open)) {
        if (point.paneMs() + 10_000 - 1 > watermarkMs) {
          continue;
        }
        open.remove(point);
        definitions
            .monitorAt("acme", point.monitor(), point.paneMs())
            .ifPresent(monitor -> rows.add(gathered(monitor, point)));
      }
      for (Point row : rows) {
        if (announced.add(row.series())) {
          harness.announce(row.series(), row.type());
        }
      }
      Collections.shuffle(rows, random);
      harness.rows(rows);
      model.rows(rows, monitors);
    }

    private Point gathered(Monitor monitor, RawPoint point) {
      SeriesIdentity series =
          monitor.gathered(new SeriesIdentity("acme", "cpu", List.of("host:" + point.host())));
      monitors.put(series, monitor);
      return new Point(series, monitor.type(), point.timestampMs(), point.value());
    }

    private void restart() throws Exception {
      closeRows(model.watermarkMs());
      int before = harness.parallelism();
      OperatorSubtaskState state = harness.snapshot();
      model.barrier();
      compare();
      harness.close();
      harness = WatchHarness.start(config, 1 + random.nextInt(3), before, state);
      model.restarted();
      announced.removeIf(series -> random.nextInt(20) == 0); // some are announced again
      harness.define(definitions);
      harness.status(status.merge(IntakeStatus.empty()));
      if (!status.stalled().isEmpty()) {
        model.held(status.nowMs(), config.incompleteAfterMs());
      }
      if (model.watermarkMs() != Long.MIN_VALUE) {
        long reachedMs = model.watermarkMs() - random.nextInt(5_000);
        harness.watermark(reachedMs); // sources begin anew
        model.watermark(reachedMs);
      }
      compare();
    }

    // ---- judging

    private void compare() {
      List<Verdict> verdicts = harness.verdicts();
      List<Word> said = verdicts.stream().map(World::word).toList();
      assertThat(said).containsExactlyInAnyOrderElementsOf(model.words());
      verdicts.forEach(this::check);
      List<Change> changes = harness.alerts().stream().map(this::change).toList();
      assertThat(changes).containsExactlyInAnyOrderElementsOf(model.changes());
      told.merge("changes", (long) changes.size(), Long::sum);
    }

    private static Word word(Verdict verdict) {
      String mark =
          verdict.is(VerdictMark.EARLY)
              ? "EARLY"
              : verdict.is(VerdictMark.AMENDED) ? "AMENDED" : "";
      return new Word(
          verdict.subject().series(),
          verdict.windowEndMs(),
          verdict.status(),
          verdict.value(),
          verdict.points(),
          verdict.revision(),
          verdict.status() == VerdictStatus.INCOMPLETE ? "HELD" : mark);
    }

    private void check(Verdict verdict) {
      Verdict old = latest.put(verdict.id(), verdict);
      assertThat(verdict.revision()).isEqualTo(old == null ? 0 : old.revision() + 1);
      if (old != null && old.is(VerdictMark.EARLY)) {
        assertThat(verdict.status()).isEqualTo(VerdictStatus.ALERT);
      }
      boolean isProven =
          status.proves(model.watermarkMs()) && verdict.windowStartMs() > firstWatermarkMs;
      assertThat(verdict.evidence().completeness())
          .isEqualTo(isProven ? Completeness.PROVEN : Completeness.ESTIMATED);
      assertThat(verdict.evidence().watermarkMs()).isEqualTo(model.watermarkMs());
      assertThat(verdict.evidence().offsets())
          .isEqualTo(
              "{\"points/0\":%d,\"points/1\":1}"
                  .formatted(status.partitions().get("points/0").nextOffset()));
      boolean isHeld = verdict.status() == VerdictStatus.INCOMPLETE;
      assertThat(verdict.evidence().holding()).isEqualTo(isHeld ? List.of("points/1") : List.of());
      assertThat(verdict.is(VerdictMark.LATE))
          .isEqualTo(!isHeld && status.nowMs() - verdict.windowEndMs() > config.lateAfterMs());
      told.merge(verdict.status().name(), 1L, Long::sum);
      told.merge(verdict.evidence().completeness().name(), 1L, Long::sum);
      verdict.marks().forEach(mark -> told.merge(mark.name(), 1L, Long::sum));
    }

    private Change change(Alert alert) {
      Verdict verdict = alert.verdict();
      return new Change(
          verdict.subject().series(), verdict.windowEndMs(), alert.before(), verdict.status());
    }
  }
}
