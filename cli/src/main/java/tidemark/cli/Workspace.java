package tidemark.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.LocalClusterOptions;
import tidemark.cli.process.ProcessFailedException;

/**
 * Where a command works.
 *
 * @param home the checkout
 * @param run the run directory
 */
record Workspace(Path home, Path run) {
  private static final String HOME_PROPERTY = "tidemark.home";
  private static final String RUN_VARIABLE = "TIDEMARK_RUN";

  Workspace {
    home = home.toAbsolutePath().normalize();
    run = run.toAbsolutePath().normalize();
  }

  /** As the script and the environment say. */
  static Workspace ofEnvironment() {
    return of(System.getProperty(HOME_PROPERTY, "."), System.getenv());
  }

  static Workspace of(String home, Map<String, String> environment) {
    String run = environment.getOrDefault(RUN_VARIABLE, "");
    return new Workspace(
        Path.of(home), run.isEmpty() ? Path.of(home).resolve("run") : Path.of(run));
  }

  LocalCluster cluster(Consumer<String> progress) {
    return LocalCluster.at(run, LocalClusterOptions.of(home), progress);
  }

  /** The cluster, which must be running. */
  LocalCluster runningCluster() {
    LocalCluster cluster = cluster(line -> {});
    if (!cluster.isUp()) {
      throw new ProcessFailedException(
          "nothing runs in %s: start it with tidemark up".formatted(run));
    }
    return cluster;
  }

  /** The job of the cluster, which must have been submitted. */
  static String job(LocalCluster cluster) {
    Optional<String> jobId = cluster.jobId();
    return jobId.orElseThrow(
        () -> new ProcessFailedException("no job was submitted: do it with tidemark submit"));
  }
}
