package tidemark.cli;

import java.util.function.Consumer;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.Suspension;

/** Brings a cluster down, and tells how the job was left. */
final class Ending {
  private Ending() {}

  /** With a savepoint if that succeeds. */
  static void suspendAndEnd(LocalCluster cluster, Consumer<String> progress) {
    if (cluster.jobId().isPresent()) {
      progress.accept("stopping the job with a savepoint");
    }
    tell(cluster.suspend(), progress);
    end(cluster, progress);
  }

  /** Without one: the job goes on from its last checkpoint. */
  static void end(LocalCluster cluster, Consumer<String> progress) {
    cluster.down();
    progress.accept("down; the data stays in " + cluster.layout().root());
  }

  private static void tell(Suspension suspension, Consumer<String> progress) {
    String line =
        switch (suspension.outcome()) {
          case SAVEPOINT -> "the job is stopped; it will go on from " + suspension.resumePoint();
          case FALLBACK ->
              "no savepoint: "
                  + suspension.reason()
                  + "; "
                  + suspension
                      .resumesFrom()
                      .map(point -> "the job will go on from its last checkpoint, " + point)
                      .orElse("there is no checkpoint either: the job will begin anew");
          case NO_JOB -> "";
        };
    if (!line.isEmpty()) {
      progress.accept(line);
    }
  }
}
