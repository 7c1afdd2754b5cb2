package tidemark.serde.catalog;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.MaintenanceKeys;

/** What comparing and publishing ask of a branch. */
public final class ReplaySide {
  private ReplaySide() {}

  /**
   * Whether a replay has read all its input: its last epoch has the watermark of the end of time.
   */
  public static boolean isComplete(Table rollups, String branch) {
    for (Snapshot snapshot : EpochLog.ancestors(rollups, branch)) {
      String maintenance = snapshot.summary().get(MaintenanceKeys.MAINTENANCE);
      if (MaintenanceKeys.REPLAY.equals(maintenance)) {
        return false; // what is behind it is main's
      }
      String watermark = snapshot.summary().get(EpochKeys.WATERMARK_MS);
      if (BranchHead.isEpoch(snapshot) && watermark != null) {
        return Long.parseLong(watermark) == Long.MAX_VALUE;
      }
    }
    return false;
  }

  /**
   * The branch's origin.
   *
   * @throws IllegalArgumentException if it is no branch of a replay
   */
  public static ReplayOrigin origin(Table rollups, String branch) {
    return ReplayBranch.origin(rollups, branch)
        .filter(origin -> rollups.refs().containsKey(branch))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no branch %s of a replay: make it with tidemark replay"
                        .formatted(branch)));
  }

  /** All files of a snapshot, with their column statistics and sequence numbers. */
  public static List<DataFile> files(Table table, long snapshotId) throws IOException {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshotId).includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        if (!task.deletes().isEmpty()) {
          throw new IllegalArgumentException(
              "file %s has row deletes, which nothing of ours writes or reads"
                  .formatted(task.file().location()));
        }
        files.add(task.file().copy());
      }
    }
    return files;
  }
}
