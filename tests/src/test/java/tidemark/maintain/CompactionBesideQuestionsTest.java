package tidemark.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.query.QueryGateway;
import tidemark.gateway.query.QuerySession;

/**
 * Epochs are appended, folded and expired by the product's own code while sessions ask without a
 * pause: each answer is that of its epoch, and nothing fails. {@code -Dtidemark.maintain.seed=N}
 * and {@code -Dtidemark.maintain.seconds=N} run another one, or for longer.
 */
class CompactionBesideQuestionsTest {
  private static final long SEED = Long.getLong("tidemark.maintain.seed", 1);
  private static final Duration LENGTH =
      Duration.ofSeconds(Long.getLong("tidemark.maintain.seconds", 10));

  /** What a question has time for, and a third of the run. */
  private static final long KEEP_MS = LENGTH.toMillis() / 3;

  private static final int SESSIONS = 3;
  private static final int LEAST_EPOCHS = 6;

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final List<String> CHANGES =
      List.of("compact rollups of main", "compact series of main", "expiry of rollups");

  @TempDir Path directory;

  private final AtomicBoolean isOver = new AtomicBoolean();

  @Test
  void answersAreThoseOfTheirEpochWhileFilesComeAndGo() throws Exception {
    System.out.println("CompactionBesideQuestionsTest seed " + SEED);
    ExecutorService threads = Executors.newFixedThreadPool(SESSIONS + 1);
    try (GrowingTables tables = new GrowingTables(directory, new Random(SEED));
        Maintenance maintenance = new Maintenance(tables.address(), KEEP_MS)) {
      tables.append();
      try (QueryGateway gateway = gateway(tables)) {
        List<Future<Set<Long>>> asking = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
          asking.add(threads.submit(asking(tables, gateway, i)));
        }
        Future<Integer> passes = threads.submit(() -> maintain(maintenance));
        long start = System.nanoTime();
        while (!isEnough(System.nanoTime() - start, tables.checkpoint(), maintenance.lines())
            && asking.stream().noneMatch(Future::isDone)
            && !passes.isDone()) {
          tables.append();
        }
        isOver.set(true);
        Set<Long> epochs = new TreeSet<>();
        for (Future<Set<Long>> each : asking) {
          epochs.addAll(each.get());
        }
        System.out.printf(
            "%d epochs, %d seen, %d passes of maintenance, %d changes%n",
            tables.checkpoint(), epochs.size(), passes.get(), maintenance.lines().size());
        assertThat(epochs).hasSizeGreaterThanOrEqualTo(3);
        for (String change : CHANGES) {
          assertThat(maintenance.lines()).anyMatch(line -> line.startsWith(change));
        }
      }
    } finally {
      isOver.set(true);
      threads.shutdownNow();
    }
  }

  private QueryGateway gateway(GrowingTables tables) {
    Map<String, String> settings = new HashMap<>();
    settings.put("uri", tables.address().uri());
    settings.put("warehouse", tables.address().warehouse());
    settings.put("gateway.cache-directory", directory.resolve("cache").toString());
    settings.put("gateway.memory-limit", "500MB");
    return QueryGateway.start(GatewayConfig.from(settings), Optional.empty(), 1 << 20);
  }

  /** Asks until all is over; the epochs that it saw. */
  private Callable<Set<Long>> asking(GrowingTables tables, QueryGateway gateway, int number) {
    return () -> {
      Set<Long> epochs = new TreeSet<>();
      String org = GrowingTables.ORGS.get(number % GrowingTables.ORGS.size());
      try (QuerySession session = gateway.open(org)) {
        Inquirer inquirer = new Inquirer(tables, session, new Random(SEED * 31 + number));
        while (!isOver.get()) {
          epochs.add(inquirer.ask());
        }
      }
      return epochs;
    };
  }

  private int maintain(Maintenance maintenance) throws Exception {
    int passes = 0;
    while (!isOver.get()) {
      maintenance.pass(System.currentTimeMillis());
      passes++;
    }
    return passes;
  }

  /**
   * The test is worth nothing if nothing was folded, or nothing forgotten: a slow machine waits.
   */
  private static boolean isEnough(long nanos, long epochs, List<String> changes) {
    return nanos > LIMIT.toNanos()
        || (nanos > LENGTH.toNanos()
            && epochs >= LEAST_EPOCHS
            && CHANGES.stream()
                .allMatch(start -> changes.stream().anyMatch(line -> line.startsWith(start))));
  }
}
