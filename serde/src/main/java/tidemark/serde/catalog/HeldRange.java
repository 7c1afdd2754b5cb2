package tidemark.serde.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongFunction;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import tidemark.state.selection.PointSelection;

/**
 * Days of main of which the rows up to some snapshot may yet be replaced, by publishing a branch or
 * by undoing it. As long as it is held, no file may be made of rows from before and of rows of
 * later epochs, or the two could not be told apart.
 *
 * <p>The two sides are told by the files' data sequence numbers, which outlive every snapshot: one
 * that folds files of one side passes the highest of theirs on.
 *
 * @param branch for which it is held
 * @param fromMs its start
 * @param toMs its end
 * @param baseSequence sequence number of the snapshot
 * @param settled sequence numbers of later commits that brought no rows of their own
 * @param isPending whether one more such commit may have happened
 */
public record HeldRange(
    String branch,
    long fromMs,
    long toMs,
    long baseSequence,
    Set<Long> settled,
    boolean isPending) {
  private static final long DAY_MS = 86_400_000L;

  public HeldRange {
    settled = Set.copyOf(settled);
  }

  /**
   * Those of a table: of each branch of a replay, and of each publishing, unless it is settled:
   * then nothing of it is replaced any more. A branch has two once it got another base than it was
   * published and undone with.
   */
  public static List<HeldRange> all(Table rollups) {
    return all(rollups.properties(), rollups::snapshot);
  }

  /**
   * The same of a version of the table.
   *
   * @param snapshots gives null for one that is not there
   */
  public static List<HeldRange> all(
      Map<String, String> properties, LongFunction<Snapshot> snapshots) {
    SortedMap<String, PublishRecord> published = PublishRecord.all(properties);
    List<HeldRange> ranges = new ArrayList<>();
    published.values().stream()
        .filter(record -> !record.isSettled())
        .forEach(record -> ranges.add(ofRecord(record)));
    ReplayBranch.origins(properties)
        .forEach(
            (branch, origin) -> {
              Snapshot base = snapshots.apply(origin.base());
              Optional<PublishRecord> record = Optional.ofNullable(published.get(branch));
              if (base != null && !record.map(PublishRecord::isSettled).orElse(false)) {
                ranges.add(of(branch, origin, base, record));
              }
            });
    return ranges;
  }

  private static HeldRange ofRecord(PublishRecord record) {
    return new HeldRange(
        record.branch(),
        record.fromMs(),
        record.toMs(),
        record.baseSequence(),
        Set.copyOf(record.sequences()),
        !record.pending().isEmpty());
  }

  static HeldRange of(
      String branch, ReplayOrigin origin, Snapshot base, Optional<PublishRecord> record) {
    PointSelection selection = origin.selection();
    return new HeldRange(
        branch,
        selection.fromMs(),
        selection.toMs(),
        base.sequenceNumber(),
        record.map(known -> Set.copyOf(known.sequences())).orElse(Set.of()),
        record.map(known -> !known.pending().isEmpty()).orElse(false));
  }

  /** Whether it is about a day. */
  public boolean concerns(long epochDay) {
    return sharesDay(fromMs, toMs, epochDay * DAY_MS, (epochDay + 1) * DAY_MS);
  }

  /** Files of different sides must not be folded together. */
  public String side(long dataSequence) {
    return isPending ? "p" + dataSequence + " " : isLater(dataSequence) ? "l" : "s";
  }

  /** Whether rows of a file belong to an epoch after the base. */
  public boolean isLater(long dataSequence) {
    return dataSequence > baseSequence && !settled.contains(dataSequence);
  }

  /** Whether two spans touch the same UTC day. */
  static boolean sharesDay(long fromMs, long toMs, long otherFromMs, long otherToMs) {
    return Math.floorDiv(fromMs, DAY_MS) <= lastDay(otherToMs)
        && Math.floorDiv(otherFromMs, DAY_MS) <= lastDay(toMs);
  }

  private static long lastDay(long toMs) {
    return Math.floorDiv(toMs == Long.MAX_VALUE ? toMs : toMs - 1, DAY_MS);
  }
}
