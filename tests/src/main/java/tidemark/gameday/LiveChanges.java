package tidemark.gameday;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tidemark.cli.process.ProcessFailedException;
import tidemark.state.definition.Definition;

/**
 * Adds, changes and removes rules, and now and then a monitor, while data flows. What and from when
 * follows from the seed. Halfway it adds {@link TwinRules#LATER}. A thread of its own, which is the
 * only one to publish until {@link #finish}.
 */
final class LiveChanges implements AutoCloseable {
  private static final String[] ORGS = {"org-0", "org-1", "org-2"};
  private static final String[] RULES = {"live-a", "live-b", "live-c", "minutes", "instead"};
  private static final String[] METRICS = {
    "gameday.*", "gameday.*.1", "*.2", "*a*.*", "gameday.*.5"
  };
  private static final String[] WHERE = {
    "", "", "where: {zone: z1}, ", "where: {zone: \"!z2\"}, ", "where: {host: [\"h*\", \"!h1*\"]}, "
  };
  private static final String[] TAGS = {"keep: [zone]", "keep: []", "drop: [zone]", "drop: [host]"};
  private static final int ONE_MONITOR_IN = 8;
  private static final int ONE_REMOVAL_IN = 5;
  private static final int MAX_AHEAD_MS = 30_000;

  private final GameDefinitions definitions;
  private final List<GameMonitors.Entry> monitors;
  private final int total;
  private final Random random;
  private final Set<String> present = new HashSet<>();
  private final AtomicInteger made = new AtomicInteger();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private Future<?> changing;
  private boolean hasTwin;

  LiveChanges(
      GameDefinitions definitions, List<GameMonitors.Entry> monitors, int total, long seed) {
    this.definitions = definitions;
    this.monitors = monitors;
    this.total = total;
    this.random = new Random(seed);
    monitors.forEach(entry -> present.add(key(entry.org(), entry.name())));
  }

  /** Spreads the changes over so long. */
  void start(Duration length) {
    long pauseMs = Math.max(1, length.toMillis() / Math.max(1, total));
    changing = timer.scheduleAtFixedRate(this::changeOne, pauseMs, pauseMs, TimeUnit.MILLISECONDS);
  }

  /** Changes made so far. */
  int made() {
    return made.get();
  }

  private void changeOne() {
    if (made.get() == total / 2 && !hasTwin) {
      hasTwin = true;
      List<Definition> unused =
          definitions.apply(TwinRules.yaml(TwinRules.LATER), GameDefinitions.AT_ONCE);
    }
    if (made.get() < total) {
      if (random.nextInt(ONE_MONITOR_IN) == 0) {
        changeMonitor();
      } else {
        changeRule();
      }
      made.incrementAndGet();
    }
  }

  private long fromMs() {
    return random.nextBoolean()
        ? GameDefinitions.AT_ONCE
        : System.currentTimeMillis() + random.nextInt(MAX_AHEAD_MS);
  }

  private void changeMonitor() {
    GameMonitors.Entry entry = monitors.get(random.nextInt(monitors.size()));
    if (!removes(Definition.Kind.MONITOR, entry.org(), entry.name())) {
      List<Definition> unused =
          definitions.apply("monitors:\n" + entry.changed(random).yaml(), fromMs());
    }
  }

  private void changeRule() {
    String org = one(ORGS);
    String name = one(RULES);
    if (removes(Definition.Kind.RULE, org, name)) {
      return;
    }
    boolean isInstead = name.equals("instead");
    String yaml =
        "rules:%n- {org: %s, name: %s, metric: \"%s\", %s%s, max_series: %d%s%s}%n"
            .formatted(
                org,
                name,
                isInstead ? "gameday.*.6" : one(METRICS),
                one(WHERE),
                one(TAGS),
                9_000 + made.get(), // no two versions are the same
                isInstead ? ", drops_finer: true" : "",
                name.equals("minutes") ? ", tiers: [1m]" : "");
    List<Definition> unused = definitions.apply(yaml, fromMs());
  }

  /** Removes it now and then, if it is there; else it is there afterwards. */
  private boolean removes(Definition.Kind kind, String org, String name) {
    if (present.contains(key(org, name)) && random.nextInt(ONE_REMOVAL_IN) == 0) {
      List<Definition> unused = definitions.remove(kind, org, name, fromMs());
      present.remove(key(org, name));
      return true;
    }
    present.add(key(org, name));
    return false;
  }

  private static String key(String org, String name) {
    return org + "/" + name;
  }

  private String one(String[] of) {
    return of[random.nextInt(of.length)];
  }

  /** Fails if changing has failed. */
  void requireAlive() {
    if (changing.isDone() && !changing.isCancelled()) {
      try {
        changing.get();
      } catch (ExecutionException e) {
        throw new ProcessFailedException("a change has failed: " + e.getCause(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Makes the changes that are left, and ends. */
  void finish() throws InterruptedException {
    requireAlive();
    boolean unused = changing.cancel(false);
    timer.shutdown();
    if (!timer.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new ProcessFailedException("a change takes more than a minute");
    }
    while (made.get() < total) {
      changeOne();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
