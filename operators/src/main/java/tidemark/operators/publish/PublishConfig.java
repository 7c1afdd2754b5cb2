package tidemark.operators.publish;

import java.io.Serializable;

/**
 * What to publish.
 *
 * @param branch of a replay
 * @param fromMs start of the part that is published; {@link Long#MIN_VALUE} for no bound
 * @param toMs its end; {@link Long#MAX_VALUE} for no bound
 * @param action what to do
 * @param reason why it is published without a comparison that has found no difference; empty to ask
 *     for one
 * @param report where the report goes
 * @param targetBytes size at which a file that is written again ends
 */
public record PublishConfig(
    String branch,
    long fromMs,
    long toMs,
    Action action,
    String reason,
    String report,
    long targetBytes)
    implements Serializable {

  /** What to do. */
  public enum Action {
    PUBLISH,
    UNDO,
    /** End the time in which it can be undone. */
    SETTLE,
    DRY_RUN
  }

  public PublishConfig {
    if (branch.isBlank()) {
      throw new IllegalArgumentException("the branch to publish must not be blank");
    }
    if (report.isBlank()) {
      throw new IllegalArgumentException("the place of the report must not be blank");
    }
    boolean isPart = fromMs != Long.MIN_VALUE || toMs != Long.MAX_VALUE;
    if ((action == Action.UNDO || action == Action.SETTLE) && isPart) {
      throw new IllegalArgumentException(
          "what was published is undone or settled as a whole: leave the range away");
    }
  }
}
