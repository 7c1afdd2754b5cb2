package tidemark.gateway.tables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tidemark.gateway.Epoch;
import tidemark.gateway.StoredFile;
import tidemark.gateway.hot.Committed;

/**
 * Both tables at one moment: what every answer of a query is read from.
 *
 * @param rollupsSnapshot -1 if nothing was committed yet
 * @param seriesSnapshot -1 likewise
 * @param rollups files by tier in seconds
 * @param series files of the series table, at a snapshot that holds every series of the rollups
 * @param epoch of the rollups snapshot; empty until the first commit
 * @param committed what it says of the feed
 * @param keptFromMs by tier: windows before it were dropped by retention; absent if none were
 */
public record TableVersion(
    long rollupsSnapshot,
    long seriesSnapshot,
    Map<Integer, List<RollupFile>> rollups,
    List<StoredFile> series,
    Optional<Epoch> epoch,
    Committed committed,
    Map<Integer, Long> keptFromMs) {

  /** Before the first commit. */
  public static final TableVersion EMPTY =
      new TableVersion(-1, -1, Map.of(), List.of(), Optional.empty(), Committed.NOTHING, Map.of());

  public TableVersion {
    rollups = Map.copyOf(rollups);
    series = List.copyOf(series);
    keptFromMs = Map.copyOf(keptFromMs);
  }

  /** Whether both are of the same snapshots. */
  public boolean isSameAs(TableVersion other) {
    return rollupsSnapshot == other.rollupsSnapshot && seriesSnapshot == other.seriesSnapshot;
  }

  /** The same epoch, with the files of other jobs' tables too; kept is what all of them keep. */
  TableVersion with(Collection<TableVersion> others) {
    Map<Integer, List<RollupFile>> allRollups = new HashMap<>();
    rollups.forEach((tier, files) -> allRollups.put(tier, new ArrayList<>(files)));
    List<StoredFile> allSeries = new ArrayList<>(series);
    Map<Integer, Long> allKeptFromMs = new HashMap<>(keptFromMs);
    for (TableVersion other : others) {
      other.rollups.forEach(
          (tier, files) ->
              allRollups.computeIfAbsent(tier, none -> new ArrayList<>()).addAll(files));
      allSeries.addAll(other.series);
      other.keptFromMs.forEach((tier, fromMs) -> allKeptFromMs.merge(tier, fromMs, Math::max));
    }
    return new TableVersion(
        rollupsSnapshot, seriesSnapshot, allRollups, allSeries, epoch, committed, allKeptFromMs);
  }

  /** The last complete millisecond of stored rows, but for late points; 0 before any commit. */
  public long watermarkMs() {
    return Math.max(0, epoch.map(Epoch::watermarkMs).orElse(0L));
  }
}
