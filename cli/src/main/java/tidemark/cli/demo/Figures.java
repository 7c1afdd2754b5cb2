package tidemark.cli.demo;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import tidemark.cli.agent.AgentStatus;
import tidemark.cli.flink.JobStatus.Checkpoint;
import tidemark.gateway.CatalogStatus;
import tidemark.gateway.Epoch;

/**
 * What is known of a run at one moment. Formatting is a pure function of it.
 *
 * @param nowMs when it was asked, epoch milliseconds
 * @param agent empty while no agent has sent anything
 * @param watermark of the running job, epoch milliseconds; empty while it has none
 * @param checkpoint the last one that completed; empty before the first
 * @param tables empty before the first commit
 */
public record Figures(
    long nowMs,
    Optional<AgentStatus> agent,
    OptionalLong watermark,
    Optional<Checkpoint> checkpoint,
    Optional<CatalogStatus> tables) {

  /** The epoch that readers of the tables see; empty before the first commit. */
  public Optional<Epoch> epoch() {
    return tables.flatMap(CatalogStatus::epoch);
  }

  /** Whether readers of the tables see everything before this time, epoch milliseconds. */
  public boolean isReadableUntil(long ms) {
    return epoch().filter(epoch -> epoch.watermarkMs() >= ms).isPresent();
  }

  /** Points that came in and are acknowledged. */
  public String points() {
    return agent.map(status -> count(status.points())).orElse("none yet");
  }

  /** Rows, files and bytes that readers see. */
  public String stored() {
    return tables
        .map(
            status ->
                "%s rows in %s files, %s"
                    .formatted(
                        count(status.rollups().rows()),
                        count(status.fileCount()),
                        bytes(status.sizeBytes())))
        .orElse("nothing yet");
  }

  /** How far the proven time is behind the clock. */
  public String delay() {
    if (watermark.isEmpty()) {
      return "no watermark yet";
    }
    return seconds(nowMs - watermark.getAsLong()) + " behind";
  }

  /** The last commit and its age. */
  public String committed() {
    return epoch()
        .map(
            epoch ->
                checkpoint
                    .filter(last -> last.id() == epoch.checkpoint())
                    .map(
                        last ->
                            "%d, %s ago"
                                .formatted(epoch.checkpoint(), seconds(nowMs - last.completedMs())))
                    .orElse(Long.toString(epoch.checkpoint())))
        .orElse("none yet");
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String seconds(long ms) {
    return String.format(Locale.ROOT, "%.1f s", Math.max(0, ms) / 1e3);
  }

  /** With three digits at most, in units of 1,000. */
  public static String bytes(long bytes) {
    String[] units = {"B", "KB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1_000;
      unit++;
    }
    return String.format(
        Locale.ROOT, unit == 0 || value >= 99.5 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  }
}
