package tidemark.cli.flink;

import java.util.Optional;
import java.util.Set;

/**
 * What a cluster says of a job.
 *
 * @param jobId 32 hexadecimal digits
 * @param state Flink's word, such as {@code RUNNING}; {@link #UNKNOWN} if the cluster has no such
 *     job
 * @param runningTasks subtasks that run
 * @param tasks subtasks in all
 */
public record JobStatus(String jobId, String state, int runningTasks, int tasks) {
  public static final String UNKNOWN = "UNKNOWN";
  private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED", UNKNOWN);

  /** Whether the job runs and every one of its subtasks does. */
  public boolean isRunning() {
    return state.equals("RUNNING") && tasks > 0 && runningTasks == tasks;
  }

  /** Whether nothing more comes of it. */
  public boolean isEnded() {
    return ENDED.contains(state);
  }

  /**
   * The last completed checkpoint of a job.
   *
   * @param id counts from 1 within a lineage of the job
   * @param path where it is
   * @param completedMs epoch milliseconds
   * @param stateBytes size of what it covers
   */
  public record Checkpoint(long id, String path, long completedMs, long stateBytes) {}

  /** A savepoint asked for: still being written, written, or failed. */
  public record SavepointProgress(
      boolean isDone, Optional<String> path, Optional<String> failure) {}
}
