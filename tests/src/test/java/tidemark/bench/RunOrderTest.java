package tidemark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunOrderTest {
  private static final RunOrder ORDER =
      new RunOrder(
          Variant.TIDEMARK,
          "127.0.0.1:9092",
          "points-0",
          Path.of("/tmp/run"),
          new Workload(1_000, 10, 12, 7L, EnumSet.of(Trait.GAUGES, Trait.SKEWED)),
          List.of(100L, 101L),
          4,
          10_000L,
          60_000L,
          true,
          Map.of("tidemark.rollup.memory", "256 mb", "rest.port", "8081"));

  @Test
  void aRunIsToldAllOfIt() {
    assertThat(RunOrder.ofArguments(ORDER.toArguments().toArray(String[]::new))).isEqualTo(ORDER);
  }

  /** The job reads its own from its arguments and nowhere else. */
  @Test
  void settingsOfTheJobAreItsArgumentsAndAllOthersFlinks() {
    assertThat(ORDER.jobArguments()).containsExactly("--tidemark.rollup.memory", "256 mb");
    assertThat(ORDER.flinkSettings()).isEqualTo(Map.of("rest.port", "8081"));
  }

  @Test
  void whereARunReadsAndWritesIsNoSetting() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BenchOptions.of("--settings", "tidemark.source.topic=points"))
        .withMessageContaining("leave out tidemark.source.topic");
  }
}
