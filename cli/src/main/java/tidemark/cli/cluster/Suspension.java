package tidemark.cli.cluster;

import java.util.Optional;

/**
 * How the job was left when the cluster was to go down.
 *
 * @param outcome see there
 * @param resumePoint what the job will be resumed from; empty text if there is nothing
 * @param reason why there is no savepoint; empty text if there is one
 */
public record Suspension(Outcome outcome, String resumePoint, String reason) {

  /** Ways in which a job can be left. */
  public enum Outcome {
    /** Stopped with a savepoint: nothing is done twice, nothing is left over. */
    SAVEPOINT,
    /** Only the last retained checkpoint, or whatever it was started from, is there. */
    FALLBACK,
    /** No job was submitted, or it was stopped before. */
    NO_JOB
  }

  public Optional<String> resumesFrom() {
    return resumePoint.isEmpty() ? Optional.empty() : Optional.of(resumePoint);
  }
}
