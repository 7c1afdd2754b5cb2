package tidemark.cli.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import tidemark.cli.flink.JobStatus;
import tidemark.cli.process.ProcessFailedException;

/**
 * The jobs beside the main one. What they have done stands in the tables, and what goes on for ever
 * goes on from there. Thread-safe, with the limits of {@link LocalCluster}.
 */
public final class SideJobs {
  /** As many slots as the main job takes. */
  public static final int WHOLE_CLUSTER = 0;

  private static final Duration SUBMIT_LIMIT = Duration.ofMinutes(3);
  private static final String NO_SAVEPOINT = "";

  private final LocalCluster cluster;
  private final Path jobJar;
  private final Operations operations;

  SideJobs(LocalCluster cluster, Path jobJar, Operations operations) {
    this.cluster = cluster;
    this.jobJar = jobJar;
    this.operations = operations;
  }

  /**
   * Submits one and returns its id once the cluster has taken it.
   *
   * @param options over those that follow from the cluster itself
   * @param parallelism slots that it takes, or {@link #WHOLE_CLUSTER}
   */
  public String submit(SideJob job, Map<String, String> options, int parallelism) {
    return resume(job, options, NO_SAVEPOINT, parallelism);
  }

  /**
   * The same.
   *
   * @param checkpoint where its state comes from; empty text for none
   */
  public String resume(
      SideJob job, Map<String, String> options, String checkpoint, int parallelism) {
    return operations.alone(
        () -> {
          List<String> live = live(job);
          if (!live.isEmpty()) {
            throw new ProcessFailedException(
                "%s runs as job %s: wait for its end, or end it first"
                    .formatted(job.word(), live.get(0)));
          }
          Map<String, String> all = new TreeMap<>(ownOptions(job));
          all.putAll(options);
          return cluster
              .flinkCommand()
              .submit(
                  jobJar,
                  job.mainClass(),
                  all,
                  checkpoint,
                  parallelism == WHOLE_CLUSTER ? OptionalInt.empty() : OptionalInt.of(parallelism),
                  operations.waiting(SUBMIT_LIMIT));
        });
  }

  /** Ids of those that have not ended: one at most. */
  public List<String> live(SideJob job) {
    return cluster.rest().liveJobs(job::isNamed);
  }

  /** Waits until it has ended, and returns how. */
  public JobStatus awaitEnd(String jobId, Duration limit) {
    return awaitEnd(jobId, limit, () -> {});
  }

  /**
   * The same.
   *
   * @param meanwhile runs at each look, several times a second
   */
  public JobStatus awaitEnd(String jobId, Duration limit, Runnable meanwhile) {
    operations
        .waiting(limit)
        .until(
            "job " + jobId + " to end",
            List.of(),
            () -> {
              meanwhile.run();
              return cluster.jobStatus(jobId).isEnded();
            });
    return cluster.jobStatus(jobId);
  }

  /**
   * Waits for the end of a job that ends by itself.
   *
   * @throws ProcessFailedException if it did not end well, with the cause
   */
  public void requireEnd(String jobId, Duration limit, Runnable meanwhile) {
    JobStatus end = awaitEnd(jobId, limit, meanwhile);
    if (!end.state().equals("FINISHED")) {
      throw new ProcessFailedException(
          "job %s ended as %s: %s"
              .formatted(
                  jobId, end.state(), cluster.rest().lastFailure(jobId).orElse("no cause given")));
    }
  }

  /** Options of the jobs that follow from the cluster. */
  private Map<String, String> ownOptions(SideJob job) {
    Map<String, String> all = new TreeMap<>();
    all.put("tidemark.store.warehouse", cluster.warehouse());
    all.put("tidemark.store.catalog-uri", cluster.catalogUri());
    switch (job) {
      case MAINTAIN -> {
        all.put(
            "tidemark.orphans.state-dirs",
            String.join(
                ";", List.of(LocalFlinkSettings.CHECKPOINTS, LocalFlinkSettings.SAVEPOINTS)));
        // a quarter of the default: the whole cluster is to fit 3 GB
        all.put("tidemark.compact.memory", "32 mb");
      }
      case ARCHIVE -> {
        all.put("tidemark.source.bootstrap-servers", cluster.bootstrapServers());
        all.put("tidemark.source.topic", LocalCluster.POINTS_TOPIC);
        all.put("tidemark.archive.file-size", "256 mb"); // a disk of one machine is shared by all
      }
      case REPLAY, SHADOW -> {
        all.put("tidemark.source.bootstrap-servers", cluster.bootstrapServers());
        all.put("tidemark.source.topic", LocalCluster.POINTS_TOPIC);
        all.put("tidemark.rollup.memory", "32 mb");
        all.put("tidemark.store.buffer", "32 mb");
      }
      case COMPARE, PUBLISH, SHARDS -> {}
    }
    return all;
  }
}
