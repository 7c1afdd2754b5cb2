package tidemark.cli.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionPlanTest {
  private final PartitionPlan plan = new PartitionPlan(4);

  @Test
  void aSeriesGoesToTheSamePartitionInEveryRelease() {
    assertThat(plan.partitionOf(List.of())).isEqualTo(2);
    assertThat(plan.partitionOf(List.of("device:sda"))).isEqualTo(0);
    assertThat(plan.partitionOf(List.of("core:1"))).isEqualTo(3);
    assertThat(plan.partitionOf(List.of("pid:2", "process:init", "user:root"))).isEqualTo(1);
  }

  @Test
  void processesSpread() {
    int[] counts = new int[4];
    for (int pid = 0; pid < 1_000; pid++) {
      counts[plan.partitionOf(List.of("pid:" + pid, "process:java", "user:root"))]++;
    }
    assertThat(Arrays.stream(counts).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(200, 300));
  }

  @Test
  void aTopicHasPartitions() {
    assertThatThrownBy(() -> new PartitionPlan(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("partitions must be at least 1, got 0");
  }
}
