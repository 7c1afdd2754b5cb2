package tidemark.operators.store;

import java.util.List;
import tidemark.serde.partial.EpochReport;

/**
 * What one writer did in one epoch.
 *
 * @param rollupFiles data files of the rollups table, as Iceberg's JSON
 * @param seriesFiles data files of the series table, as Iceberg's JSON
 * @param report counts and positions that came to this writer
 */
public record WriterResult(List<String> rollupFiles, List<String> seriesFiles, EpochReport report) {

  public WriterResult {
    rollupFiles = List.copyOf(rollupFiles);
    seriesFiles = List.copyOf(seriesFiles);
  }
}
