package tidemark.gateway.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Steps are found without a division, and must be those that a division finds. */
class ScanGridTest {
  @Test
  void stepsAreThoseOfADivision() {
    Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      long stepMs = 1L + random.nextInt(random.nextBoolean() ? 100 : 90_000_000);
      long firstMs = random.nextLong(-4_000_000_000_000L, 4_000_000_000_000L);
      long lastMs = firstMs + random.nextLong(1_000 * stepMs);
      int groups = 1 + random.nextInt(5);
      ScanGrid grid = new ScanGrid(firstMs, lastMs, stepMs, groups);
      long steps = Math.floorDiv(lastMs, stepMs) - Math.floorDiv(firstMs, stepMs) + 1;
      assertThat(grid.cells()).isEqualTo(steps * groups);
      for (int i = 0; i < 200; i++) {
        // at the edges of steps, where rounding shows
        long edge = Math.floorDiv(random.nextLong(firstMs, lastMs + 1), stepMs) * stepMs;
        long atMs = Math.max(firstMs, Math.min(lastMs, edge + random.nextInt(-1, 2)));
        int group = random.nextInt(groups);
        int cell = grid.cell(group, atMs * 1000);
        long step = Math.floorDiv(atMs, stepMs);
        assertThat(cell)
            .as("%s ms of steps of %s ms from %s", atMs, stepMs, firstMs)
            .isEqualTo((int) (group * steps + step - Math.floorDiv(firstMs, stepMs)));
        assertThat(grid.group(cell)).isEqualTo(group);
        assertThat(Math.floorDiv(grid.windowStartMs(cell), stepMs)).isEqualTo(step);
        assertThat(grid.windowStartMs(cell)).isBetween(firstMs, atMs);
      }
    }
  }

  @Test
  void allTimesShareACellWithoutAStep() {
    ScanGrid grid = new ScanGrid(5_000, 9_000, 0, 3);
    assertThat(grid.cells()).isEqualTo(3);
    assertThat(grid.cell(2, 8_000_000)).isEqualTo(2);
    assertThat(grid.group(2)).isEqualTo(2);
    assertThat(grid.windowStartMs(2)).isEqualTo(5_000);
  }

  @Test
  void nothingToReadHasNoCells() {
    assertThat(new ScanGrid(Long.MAX_VALUE, Long.MIN_VALUE, 10_000, 3).cells()).isZero();
  }
}
