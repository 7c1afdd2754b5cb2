package tidemark.operators.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The stage against {@link WatchModel} over random monitors, orders of arrival, delays, late rows,
 * stalled partitions, changed definitions and restarts at other parallelisms: what is said after
 * each step must be what the model says, no less and no more.
 */
class WatchModelTest {
  private static final int SEEDS = Integer.getInteger("seeds", 8);
  private static final long EVALUATIONS = 100_000;

  @Test
  void everyVerdictIsWhatThePointsSay() throws Exception {
    long evaluations = 0;
    Map<String, Long> told = new TreeMap<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      WatchWorld world = new WatchWorld(WatchWorld.Load.FEW_GROUPS, seed);
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

  @Test
  void groupsFarBeyondTheLimitComeAndGoAndNoneIsJudgedByAPart() throws Exception {
    long evaluations = 0;
    Map<String, Long> met = new TreeMap<>();
    for (long seed = 1; seed <= SEEDS; seed++) {
      WatchWorld world = new WatchWorld(WatchWorld.Load.BEYOND_THE_LIMIT, seed);
      world.run();
      evaluations += world.model.evaluations();
      world.model.met().forEach((what, count) -> met.merge(what, count, Long::sum));
    }
    System.out.printf("%d evaluations, met: %s%n", evaluations, met);
    assertThat(evaluations).isGreaterThan(EVALUATIONS / 10);
    for (String what :
        List.of("row refused", "group begins behind what was refused", "group comes back")) {
      assertThat(met.get(what)).as(what).isGreaterThan(100);
    }
  }
}
