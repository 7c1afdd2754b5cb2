package tidemark.gateway;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * One thing that an audit found wrong.
 *
 * @param org empty for what concerns the chain of epochs
 * @param at start of the minute, or of the hour; empty likewise
 * @param found the numbers, in words
 * @param epoch where the numbers first differ, or the first whose files hold rows of that time;
 *     empty if it was not looked for
 */
public record AuditDifference(
    AuditStage stage,
    Optional<String> org,
    Optional<Instant> at,
    String found,
    Optional<AuditEpoch> epoch) {

  public AuditDifference {
    Objects.requireNonNull(stage, "stage");
    Objects.requireNonNull(found, "found");
  }

  static AuditDifference ofMinute(AuditStage stage, String org, long atMs, String found) {
    return new AuditDifference(
        stage, Optional.of(org), Optional.of(Instant.ofEpochMilli(atMs)), found, Optional.empty());
  }

  static AuditDifference ofEpoch(AuditEpoch epoch, String found) {
    return new AuditDifference(
        AuditStage.COMMIT, Optional.empty(), Optional.empty(), found, Optional.of(epoch));
  }

  AuditDifference first(AuditEpoch first) {
    return new AuditDifference(stage, org, at, found, Optional.of(first));
  }

  /** One line for people. */
  public String describe() {
    StringBuilder line = new StringBuilder(stage.label()).append(": ");
    org.ifPresent(
        name -> line.append(String.format(Locale.ROOT, "org %s, %s: ", name, at.orElseThrow())));
    line.append(found);
    epoch.ifPresent(first -> line.append("; first at ").append(first.describe()));
    return line.toString();
  }
}
