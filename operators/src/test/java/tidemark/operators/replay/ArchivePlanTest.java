package tidemark.operators.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tidemark.operators.replay.ArchiveSplit.Range;

class ArchivePlanTest {

  private static ArchiveSplit split(int partition, long weight) {
    return ArchiveSplit.of("p", partition, List.of(new Range("f", 1, 0, 1, weight)));
  }

  /** No task has more than another by more than the lightest of its splits. */
  @Test
  void sharesAreBalancedAndTheSameInAnyOrder() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<ArchiveSplit> splits = new ArrayList<>();
      for (int i = random.nextInt(30); i > 0; i--) {
        splits.add(split(i, random.nextInt(1_000)));
      }
      int tasks = 1 + random.nextInt(6);
      List<List<ArchiveSplit>> shares = new ArchivePlan(splits).share(tasks);
      assertThat(shares).hasSize(tasks);
      assertThat(shares.stream().flatMap(List::stream))
          .as("seed %s", seed)
          .containsExactlyInAnyOrderElementsOf(splits);
      long least =
          shares.stream().mapToLong(of -> new ArchivePlan(of).weight()).min().orElseThrow();
      for (List<ArchiveSplit> share : shares) {
        long lightest = share.stream().mapToLong(ArchiveSplit::weight).min().orElse(0);
        assertThat(new ArchivePlan(share).weight() - least)
            .as("seed %s", seed)
            .isLessThanOrEqualTo(lightest);
      }
      Collections.shuffle(splits, random);
      assertThat(new ArchivePlan(splits).share(tasks)).as("seed %s", seed).isEqualTo(shares);
    }
  }

  @Test
  void splitsWithoutWeightAreSpreadToo() {
    assertThat(new ArchivePlan(List.of(split(0, 0), split(1, 0), split(2, 0))).share(3))
        .allSatisfy(share -> assertThat(share).hasSize(1));
  }

  @Test
  void theEstimateFollowsWhatWasDoneSinceTheStart() {
    ReplayEstimate estimate = new ReplayEstimate(1_000_000);
    assertThat(estimate.secondsLeft()).isEqualTo(-1);
    estimate.update(500_000, Duration.ofSeconds(10)); // an earlier start did half of it
    assertThat(estimate.percentDone()).isEqualTo(50);
    estimate.update(400_000, Duration.ofSeconds(10));
    estimate.update(300_000, Duration.ofSeconds(10));
    assertThat(estimate.percentDone()).isEqualTo(70);
    assertThat(estimate.secondsLeft()).isEqualTo(30);
    assertThat(estimate).hasToString("70.0 % of 1.0 MB read, 30 s left");
    assertThat(new ReplayEstimate(0).percentDone()).isZero();
  }
}
