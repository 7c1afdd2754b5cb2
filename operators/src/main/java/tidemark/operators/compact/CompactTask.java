package tidemark.operators.compact;

import java.util.List;
import org.apache.iceberg.PartitionSpec;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * Files of one partition that one worker is to fold.
 *
 * @param plan number of the plan that it is part of
 * @param planTasks tasks of that plan
 * @param tierSeconds tier of the rows; {@link CompactPlan#SERIES_TIER} for the series table
 * @param epochDay UTC day of the rows; 0 for the series table
 * @param snapshotId snapshot of the table in which the files were found
 * @param sequences data sequence numbers of the files, ascending
 * @param files data files as Iceberg's JSON, without column statistics
 */
public record CompactTask(
    long plan,
    int planTasks,
    int tierSeconds,
    long epochDay,
    long snapshotId,
    List<Long> sequences,
    List<String> files) {

  public CompactTask {
    sequences = List.copyOf(sequences);
    files = List.copyOf(files);
  }

  PartitionSpec spec() {
    return isOfSeries() ? SeriesTable.SPEC : RollupsTable.SPEC;
  }

  boolean isOfSeries() {
    return tierSeconds == CompactPlan.SERIES_TIER;
  }
}
