package tidemark.gateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Snapshot;
import tidemark.serde.catalog.EpochMarker;
import tidemark.serde.table.EpochKeys;

/**
 * Follows the commits of a branch, as far back as its snapshots are kept: each epoch once, each
 * behind the one that it names, and no more points stored than accepted.
 */
final class AuditChain {
  private static final List<String> TOTALS = List.of("points-accepted", "points-stored");

  private final Map<String, EpochMarker> lastOfLineage = new HashMap<>();
  private final Map<String, EpochMarker> byCheckpoint = new HashMap<>();
  private final List<AuditDifference> differences = new ArrayList<>();
  private long epochs;

  private AuditChain() {}

  /**
   * @param ancestors of the head, newest first
   */
  static AuditChain follow(Iterable<Snapshot> ancestors) {
    List<EpochMarker> markers = new ArrayList<>();
    ancestors.forEach(snapshot -> EpochMarker.of(snapshot).ifPresent(markers::add));
    AuditChain chain = new AuditChain();
    for (int i = markers.size() - 1; i >= 0; i--) {
      chain.follow(markers.get(i));
    }
    return chain;
  }

  long epochs() {
    return epochs;
  }

  List<AuditDifference> differences() {
    return differences;
  }

  private void follow(EpochMarker marker) {
    Optional<EpochMarker> before = Optional.ofNullable(lastOfLineage.get(marker.lineage()));
    lastOfLineage.put(marker.lineage(), marker);
    if (marker.isFence()) {
      return;
    }
    epochs++;
    String key = marker.checkpoint() + " " + marker.lineage();
    EpochMarker same = byCheckpoint.put(key, marker);
    if (same != null) {
      add(marker, "it is committed twice, before as snapshot " + same.snapshotId());
      return; // what follows could only say the same once more
    }
    before.ifPresent(previous -> checkPrevious(previous, marker));
    checkTotals(before, marker);
  }

  private void checkPrevious(EpochMarker before, EpochMarker marker) {
    String named = marker.summary().get(EpochKeys.PREVIOUS);
    if (named != null && !named.equals(before.epoch())) {
      add(
          marker,
          "epoch %s names %s as the one before it, and the branch has %s there"
              .formatted(marker.epoch(), quote(named), quote(before.epoch())));
    }
  }

  private static String quote(String epoch) {
    return epoch.isEmpty() ? "none" : epoch;
  }

  private void checkTotals(Optional<EpochMarker> before, EpochMarker marker) {
    for (String label : TOTALS) {
      Optional<Long> total = number(marker, EpochKeys.TOTAL + label);
      Optional<Long> own = number(marker, EpochKeys.PREFIX + label);
      Optional<Long> old = before.flatMap(epoch -> number(epoch, EpochKeys.TOTAL + label));
      if (total.isPresent() && own.isPresent() && old.isPresent()) {
        long wanted = old.get() + own.get();
        if (total.get() != wanted) {
          add(
              marker,
              "total %s must be %d + %d, got %d"
                  .formatted(label, old.get(), own.get(), total.get()));
        }
      }
    }
    long accepted = number(marker, EpochKeys.TOTAL + TOTALS.get(0)).orElse(0L);
    long stored = number(marker, EpochKeys.TOTAL + TOTALS.get(1)).orElse(0L);
    if (stored > accepted) {
      add(marker, "%d points stored, and only %d accepted".formatted(stored, accepted));
    }
  }

  private static Optional<Long> number(EpochMarker marker, String key) {
    return Optional.ofNullable(marker.summary().get(key)).map(Long::parseLong);
  }

  private void add(EpochMarker marker, String found) {
    differences.add(AuditDifference.ofEpoch(AuditEpoch.of(marker), found));
  }
}
