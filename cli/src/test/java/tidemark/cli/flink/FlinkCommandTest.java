package tidemark.cli.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class FlinkCommandTest {
  private static final Path JAR = Path.of("/a b/job.jar");

  @Test
  void jobOptionsFollowTheJar() {
    assertThat(
            FlinkCommand.submitArguments(
                JAR,
                "a.Main",
                Map.of("x.z", "2", "x.y", "1 1"),
                "s3://flink/savepoints/s",
                OptionalInt.of(3)))
        .containsExactly(
            "run",
            "--detached",
            "--parallelism",
            "3",
            "--fromSavepoint",
            "s3://flink/savepoints/s",
            "--class",
            "a.Main",
            "/a b/job.jar",
            "--x.y",
            "1 1",
            "--x.z",
            "2");
  }

  @Test
  void withoutASavepointThereIsNone() {
    assertThat(FlinkCommand.submitArguments(JAR, "a.Main", Map.of(), "", OptionalInt.empty()))
        .doesNotContain("--fromSavepoint", "--parallelism");
  }

  @Test
  void theJobsIdIsRead() {
    assertThat(
            FlinkCommand.jobIdIn(
                "noise\nJob has been submitted with JobID 7ec3e0b2129273413ac9bff62a9bc829\n"))
        .contains("7ec3e0b2129273413ac9bff62a9bc829");
    assertThat(FlinkCommand.jobIdIn("The program finished with the following exception:"))
        .isEmpty();
  }
}
