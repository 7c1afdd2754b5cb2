package tidemark.serde.fold;

import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import org.apache.iceberg.DataFile;
import tidemark.serde.table.RollupFileReader;
import tidemark.state.MetricNames;

/**
 * Folds files of one tier and UTC day of the rollups table: a merge of sorted files, in which rows
 * of one key meet and are merged by {@link RollupMerge}, as in the stream. A row that is alone
 * passes through as it is.
 *
 * <p>Memory, beside the open files: one chunk of at most 262,144 rows or 64 MB, twice while it is
 * written, and the names of the metrics. Not thread-safe.
 */
public final class RollupFold implements Fold {
  private final int tierSeconds;
  private final String partitionPath;

  public RollupFold(int tierSeconds, long epochDay) {
    this.tierSeconds = tierSeconds;
    this.partitionPath = partitionPath(tierSeconds, epochDay);
  }

  public static String partitionPath(int tierSeconds, long epochDay) {
    return "tier=%s/window_start_day=%s".formatted(tierSeconds, LocalDate.ofEpochDay(epochDay));
  }

  @Override
  public List<DataFile> fold(List<DataFile> files, long targetBytes, NewFiles folder)
      throws IOException {
    MetricNames names = new MetricNames(System.nanoTime());
    try (RollupMerge rows = new RollupMerge(names);
        RollupSink sink = new RollupSink(names, tierSeconds, partitionPath, targetBytes, folder)) {
      for (DataFile file : files) {
        rows.add(
            new RollupFileReader(
                folder.io().newInputFile(file.location(), file.fileSizeInBytes()), names));
      }
      while (rows.hasNext()) {
        sink.add(rows.nextFolded());
      }
      return sink.finish();
    }
  }
}
