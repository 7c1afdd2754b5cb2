package tidemark.gateway.walls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.walls.AttackList.Attack;

/**
 * Every statement of attacks.txt: refused as it says, or harmless to an engine full of canaries.
 */
@Timeout(120)
class WallsAttackTest {
  @TempDir Path directory;

  @Test
  void theListIsLongAndBroad() {
    List<Attack> attacks = AttackList.read("/canaries");
    Set<String> categories = attacks.stream().map(Attack::category).collect(Collectors.toSet());
    assertThat(attacks).hasSizeGreaterThan(600);
    assertThat(categories).hasSizeGreaterThanOrEqualTo(20);
    assertThat(attacks.stream().map(Attack::sql)).doesNotHaveDuplicates();
  }

  @Test
  void eachIsRefusedAsItShould() {
    List<String> wrong = new ArrayList<>();
    long start = System.nanoTime();
    int count = 0;
    try (Walls walls = new Walls(AttackList.LISTS)) {
      for (Attack attack : AttackList.read(directory.toString())) {
        count++;
        String found = judge(walls, attack.sql());
        if (!found.startsWith(attack.isAllowed() ? "ok" : attack.expected())) {
          wrong.add(attack + "\n  -> " + found);
        }
      }
    }
    System.out.printf(
        "%d statements checked in %d ms%n",
        count, Duration.ofNanos(System.nanoTime() - start).toMillis());
    assertThat(wrong).isEmpty();
  }

  @Test
  void whatIsAllowedReachesNoCanary() throws Exception {
    List<String> wrong = new ArrayList<>();
    try (Walls walls = new Walls(AttackList.LISTS);
        CanaryEngine engine = new CanaryEngine(directory)) {
      long before = engine.fileAccesses();
      for (Attack attack : AttackList.read(directory.toString())) {
        if (attack.isAllowed()) {
          String found = run(walls, engine, attack.sql());
          if (found.contains(CanaryEngine.CANARY) || !found.startsWith(attack.expected())) {
            wrong.add(attack + "\n  -> " + found);
          }
        }
      }
      assertThat(wrong).isEmpty();
      assertThat(engine.fileAccesses()).isEqualTo(before);
      assertThat(engine.filesHaveChanged()).isFalse();
    }
  }

  /** The canaries sing: without walls the same engine gives them away. */
  @Test
  void theEngineWithoutWallsWouldReachThem() throws Exception {
    try (CanaryEngine engine = new CanaryEngine(directory)) {
      long before = engine.fileAccesses();
      assertThat(engine.run("SELECT * FROM foreign_points", 0)).contains(CanaryEngine.CANARY);
      assertThat(engine.run("SELECT * FROM '%s/canary.csv'".formatted(directory), 0))
          .contains(CanaryEngine.CANARY);
      assertThat(engine.fileAccesses()).isGreaterThan(before);
      engine.execute("COPY points TO '%s/out.csv'".formatted(directory));
      assertThat(engine.filesHaveChanged()).isTrue();
    }
  }

  private static String judge(Walls walls, String sql) {
    try {
      return "ok " + walls.check(sql).kind();
    } catch (AskException e) {
      return e.state().code() + " " + e.getMessage();
    }
  }

  private static String run(Walls walls, CanaryEngine engine, String sql) {
    CheckedStatement checked = walls.check(sql);
    if (!checked.kind().hasQuery()) {
      return "ok";
    }
    String prefix =
        switch (checked.kind()) {
          case EXPLAIN -> "EXPLAIN ";
          case EXPLAIN_ANALYZE -> "EXPLAIN ANALYZE ";
          default -> "";
        };
    try {
      return "ok " + engine.run(prefix + checked.sql(), checked.parameterCount());
    } catch (SQLException e) {
      return "fails " + e.getMessage();
    }
  }
}
