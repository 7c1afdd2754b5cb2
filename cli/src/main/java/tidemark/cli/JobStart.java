package tidemark.cli;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tidemark.cli.cluster.LocalCluster;

/** Makes the job run, going on from wherever it was left. */
final class JobStart {
  private JobStart() {}

  /** Leaves a job that has not ended alone; returns the id of the job that runs. */
  static String ensureRunning(LocalCluster cluster, Consumer<String> progress) {
    Optional<String> live = cluster.jobId().filter(jobId -> !cluster.jobStatus(jobId).isEnded());
    String jobId = live.orElseGet(() -> start(cluster, progress));
    cluster.awaitRunning(jobId);
    progress.accept("job " + jobId + " runs");
    return jobId;
  }

  private static String start(LocalCluster cluster, Consumer<String> progress) {
    Optional<String> resumePoint = cluster.resumePoint();
    progress.accept(
        resumePoint
            .map(point -> "submitting the job, which goes on from " + point)
            .orElse("submitting the job"));
    return cluster.submitFrom(resumePoint.orElse(""), Map.of());
  }
}
