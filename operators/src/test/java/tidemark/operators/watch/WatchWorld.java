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
 * One seed's run of the stage beside {@link WatchModel}: what is said after each step must be what
 * the model says.
 */
final class WatchWorld {
  private static final int STEPS = 220;
  private static final long T0 = 1_700_000_000_000L;
  private static final double[] VALUES = {-3, -1, 0, 0.1, 0.2, 0.3, 1, 2, 2.5, 3, 5, 8};

  /** What a run is about. */
  enum Load {
    /** Some groups that are silent for minutes now and then, with monitors of all kinds. */
    FEW_GROUPS(4, 35) {
      @Override
      Monitor monitor(Random random, String name, int version, long fromMs) {
        return RandomMonitors.next(random, name, version, fromMs);
      }

      @Override
      long amendForMs(Random random) {
        return random.nextInt(3) == 0 ? random.nextInt(200_000) : 900_000;
      }

      @Override
      int maxResting(Random random) {
        return WatchedGroups.MAX_RESTING;
      }

      @Override
      boolean isSilent(long sinceMs, int monitor, int host, long seed) {
        return (sinceMs / 150_000 + host * 7L + monitor + seed) % (2 + host) == 0;
      }
    },

    /** Many more groups than the monitors may have, each of which comes and goes. */
    BEYOND_THE_LIMIT(150, 15) {
      @Override
      Monitor monitor(Random random, String name, int version, long fromMs) {
        return RandomMonitors.ofFewGroups(random, name, version, fromMs);
      }

      @Override
      long amendForMs(Random random) {
        return random.nextInt(150_000);
      }

      @Override
      int maxResting(Random random) {
        return random.nextInt(20);
      }

      @Override
      boolean isSilent(long sinceMs, int monitor, int host, long seed) {
        return new Random(((sinceMs / 40_000 * 31 + monitor) * 31 + seed) * 1_000 + host).nextInt(6)
            > 0;
      }
    };

    private final int hosts;
    private final int stepsToRestart;

    Load(int hosts, int stepsToRestart) {
      this.hosts = hosts;
      this.stepsToRestart = stepsToRestart;
    }

    abstract Monitor monitor(Random random, String name, int version, long fromMs);

    abstract long amendForMs(Random random);

    abstract int maxResting(Random random);

    abstract boolean isSilent(long sinceMs, int monitor, int host, long seed);
  }

  private final Load load;
  private final long seed;
  private final Random random;
  private final WatchConfig config;
  private final int maxResting;
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

  WatchWorld(Load load, long seed) {
    this.load = load;
    this.seed = seed;
    random = new Random(seed);
    long amendForMs = load.amendForMs(random);
    config = new WatchConfig(amendForMs, 60_000L, 10_000L, 1024 + random.nextInt(10_000));
    model = new WatchModel(amendForMs);
    maxDelaySteps = 5 + random.nextInt(100);
    maxResting = load.maxResting(random);
  }

  void run() throws Exception {
    try {
      harness = WatchHarness.start(config, 1, 1, null, maxResting);
      for (int i = 0; i < 4; i++) {
        define(load.monitor(random, "m" + i, 1, T0 + random.nextInt(100_000)), T0 - 20_000);
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
    if (random.nextInt(load.stepsToRestart) == 0) {
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
      for (int host = 0; host < load.hosts; host++) {
        if (load.isSilent(frontierMs - T0, monitor, host, seed)) {
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
            : load.monitor(random, name, version, frontierMs + random.nextInt(30_000));
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
    harness = WatchHarness.start(config, 1 + random.nextInt(3), before, state, maxResting);
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
    List<Word> said = verdicts.stream().map(WatchWorld::word).toList();
    assertThat(said).containsExactlyInAnyOrderElementsOf(model.words());
    verdicts.forEach(this::check);
    List<Change> changes = harness.alerts().stream().map(this::change).toList();
    assertThat(changes).containsExactlyInAnyOrderElementsOf(model.changes());
    told.merge("changes", (long) changes.size(), Long::sum);
  }

  private static Word word(Verdict verdict) {
    String mark =
        verdict.is(VerdictMark.EARLY) ? "EARLY" : verdict.is(VerdictMark.AMENDED) ? "AMENDED" : "";
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
