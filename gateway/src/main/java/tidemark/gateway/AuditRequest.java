package tidemark.gateway;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What an audit looks at.
 *
 * @param from first minute; empty: the hour before the watermark
 * @param to end of the minutes, exclusive; empty: no end
 * @param branch of the tables
 * @param sketches how sketches are compared
 */
public record AuditRequest(
    Optional<Instant> from, Optional<Instant> to, String branch, Sketches sketches) {
  public static final String MAIN = "main";

  /** How sketches are compared. */
  public enum Sketches {
    /** By the points they hold. */
    COUNTS,
    /** By the bytes of the merged sketches, which is slow. */
    BYTES
  }

  public AuditRequest {
    Objects.requireNonNull(sketches, "sketches");
    if (branch.isEmpty()) {
      throw new GatewayException("a branch must have a name");
    }
    if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
      throw new GatewayException(
          "an audit must begin before it ends, got %s to %s".formatted(from.get(), to.get()));
    }
  }

  /** The last hour of the main branch. */
  public static AuditRequest lastHour() {
    return new AuditRequest(Optional.empty(), Optional.empty(), MAIN, Sketches.COUNTS);
  }

  /** All that the main branch holds. */
  public static AuditRequest everything() {
    return new AuditRequest(Optional.of(Instant.EPOCH), Optional.empty(), MAIN, Sketches.COUNTS);
  }
}
