package tidemark.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tidemark.cli.process.ProcessFailedException;

/**
 * The checkpoints and savepoints of a job that lie in the local S3 server's directory.
 *
 * <p>The newest one, whichever of the two it is, is where the job goes on: it is the last thing
 * that the tables saw of it.
 */
final class RetainedState {
  private static final String METADATA = "_metadata";

  /** Digits of the job's id in the name of a savepoint. */
  private static final int SAVEPOINT_ID_DIGITS = 6;

  private final Path bucket;

  RetainedState(RunLayout layout) {
    this.bucket = layout.objects().resolve(RunLayout.FLINK_BUCKET);
  }

  /** URI of the newest complete one of this job; empty if there is none. */
  Optional<String> newestOf(String jobId) {
    if (jobId.isEmpty()) {
      return Optional.empty();
    }
    List<Path> complete = new ArrayList<>(complete("checkpoints/" + jobId, "chk-"));
    String savepoint = "savepoint-" + jobId.substring(0, SAVEPOINT_ID_DIGITS) + "-";
    complete.addAll(complete("savepoints", savepoint));
    return complete.stream()
        .max(Comparator.comparing(RetainedState::writtenAt))
        .map(path -> "s3://" + RunLayout.FLINK_BUCKET + "/" + bucket.relativize(path));
  }

  private List<Path> complete(String folder, String prefix) {
    Path directory = bucket.resolve(folder);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(directory)) {
      return children
          .filter(child -> child.getFileName().toString().startsWith(prefix))
          .filter(child -> Files.isRegularFile(child.resolve(METADATA)))
          .toList();
    } catch (IOException e) {
      throw new ProcessFailedException("cannot list " + directory + ": " + e.getMessage(), e);
    }
  }

  private static FileTime writtenAt(Path state) {
    try {
      return Files.getLastModifiedTime(state.resolve(METADATA));
    } catch (IOException e) {
      return FileTime.fromMillis(0); // gone since it was listed
    }
  }
}
