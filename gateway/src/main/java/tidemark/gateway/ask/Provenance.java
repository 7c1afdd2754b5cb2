package tidemark.gateway.ask;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an answer reflects.
 *
 * @param lineage of the job that wrote the tables; empty if no job did
 * @param checkpoint the committed epoch that stored rows come from; 0 if none
 * @param watermark the last complete millisecond: windows that end before or right after it are
 *     complete but for late points
 * @param watermarkKind {@code heartbeat} (proven), {@code estimated} or {@code unknown}
 * @param isComplete whether the watermark has reached the last millisecond of every window that the
 *     statement asked for; false as well if it named no end
 * @param hotRows rows that are not committed yet among those it could see
 * @param latePending points behind the watermark among these
 * @param rules name and version of those whose coarser series stood in for finer ones
 */
public record Provenance(
    String lineage,
    long checkpoint,
    Optional<Instant> watermark,
    String watermarkKind,
    boolean isComplete,
    long hotRows,
    long latePending,
    List<String> rules) {

  /** Of an answer that holds no points, such as that of SET. */
  public static final Provenance NONE =
      new Provenance("", 0, Optional.empty(), "unknown", false, 0, 0, List.of());

  public Provenance {
    rules = List.copyOf(rules);
  }
}
