package tidemark.operators;

import java.io.IOException;
import java.util.concurrent.ScheduledFuture;
import javax.annotation.Nullable;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits what waits in an operator's state once the checkpoints that cover it are complete. When
 * the catalog or the object store does not answer, it comes back after 1 s, 2 s and so on up to 30
 * s while checkpoints go on; nothing restarts. After the end of the input nothing would come back,
 * so trouble fails the task, which goes on from its checkpoint. Runs in the task's thread.
 */
public final class CommitLoop {
  /** Pause after the first failure. */
  public static final long FIRST_RETRY_MS = 1_000L;

  /** No pause is longer. */
  public static final long LONGEST_RETRY_MS = 30_000L;

  private static final Logger LOG = LoggerFactory.getLogger(CommitLoop.class);

  /** What waits, oldest first. */
  public interface Epochs {
    /** Checkpoint that covers the oldest; {@link Long#MAX_VALUE} if none waits. */
    long oldest();

    /** Commits the oldest, which then waits no more. */
    void commitOldest() throws IOException;

    /** Ends the connection after trouble; the next commit opens another. */
    void disconnect() throws IOException;
  }

  private final Epochs epochs;
  private final ProcessingTimeService time;
  private final Counter retries;
  private long completed;
  private long retryMs = FIRST_RETRY_MS;
  private @Nullable ScheduledFuture<?> retry; // null unless it will come back
  private boolean hasEnded;

  /**
   * @param restored checkpoint that was restored, which is complete; 0 for none
   * @param retries counts commits that failed
   */
  public CommitLoop(Epochs epochs, ProcessingTimeService time, long restored, Counter retries) {
    this.epochs = epochs;
    this.time = time;
    this.completed = restored;
    this.retries = retries;
  }

  /** From here on trouble fails the task. */
  public void endInput() {
    hasEnded = true;
  }

  /** Commits what the checkpoint covers, unless a failed commit is waited for. */
  public void complete(long checkpointId) throws IOException {
    completed = Math.max(completed, checkpointId);
    if (hasEnded && retry != null) {
      retry.cancel(false); // the task may be gone before
      retry = null;
    }
    if (retry == null) {
      commitCompleted();
    }
  }

  /** Commits what completed checkpoints cover, or comes back to it later. */
  public void commitCompleted() throws IOException {
    try {
      while (epochs.oldest() <= completed) {
        epochs.commitOldest();
        retryMs = FIRST_RETRY_MS;
      }
    } catch (IOException | RuntimeException e) {
      if (hasEnded || !TableTrouble.isTrouble(e)) {
        throw e;
      }
      retryLater(e);
    }
  }

  private void retryLater(Exception cause) throws IOException {
    retries.inc();
    LOG.warn(
        "the epoch of checkpoint {} waits for its commit, next attempt in {} ms",
        epochs.oldest(),
        retryMs,
        cause);
    epochs.disconnect();
    retry =
        time.registerTimer(
            time.getCurrentProcessingTime() + retryMs,
            now -> {
              retry = null;
              commitCompleted();
            });
    retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
  }
}
