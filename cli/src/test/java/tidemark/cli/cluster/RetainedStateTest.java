package tidemark.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetainedStateTest {
  private static final String JOB = "a21355c4bb0ac0c24eab07fb0c47d103";

  @TempDir private Path directory;

  private void write(String state, long atMs) throws IOException {
    Path metadata = directory.resolve("s3/flink").resolve(state).resolve("_metadata");
    Files.createDirectories(metadata.getParent());
    Files.writeString(metadata, "x");
    Files.setLastModifiedTime(metadata, FileTime.fromMillis(atMs));
  }

  private RetainedState retained() {
    return new RetainedState(new RunLayout(directory));
  }

  @Test
  void theNewestCheckpointIsTheLastWrittenAndNotTheLastByName() throws IOException {
    write("checkpoints/" + JOB + "/chk-9", 1_000);
    write("checkpoints/" + JOB + "/chk-10", 2_000);

    assertThat(retained().newestOf(JOB)).contains("s3://flink/checkpoints/" + JOB + "/chk-10");
  }

  @Test
  void aSavepointCountsIfNothingWasWrittenAfterIt() throws IOException {
    write("checkpoints/" + JOB + "/chk-9", 1_000);
    write("savepoints/savepoint-a21355-6db044166b7d", 2_000);
    assertThat(retained().newestOf(JOB))
        .contains("s3://flink/savepoints/savepoint-a21355-6db044166b7d");

    write("checkpoints/" + JOB + "/chk-10", 3_000);
    assertThat(retained().newestOf(JOB)).contains("s3://flink/checkpoints/" + JOB + "/chk-10");
  }

  @Test
  void whatIsIncompleteOrOfAnotherJobDoesNotCount() throws IOException {
    Files.createDirectories(directory.resolve("s3/flink/checkpoints/" + JOB + "/chk-11"));
    write("checkpoints/" + JOB + "/shared", 4_000);
    write("savepoints/savepoint-7ec3e0-40ddae17b6d0", 5_000);

    assertThat(retained().newestOf(JOB)).isEmpty();
  }

  @Test
  void withoutAJobThereIsNone() {
    assertThat(retained().newestOf("")).isEmpty();
  }
}
