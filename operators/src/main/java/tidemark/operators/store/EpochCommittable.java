package tidemark.operators.store;

import java.util.List;
import java.util.Map;

/**
 * One epoch, ready to commit.
 *
 * @param lineage history of the job
 * @param checkpoint id of the checkpoint that covers it
 * @param rollupFiles data files of the rollups table, as Iceberg's JSON
 * @param seriesFiles data files of the series table, as Iceberg's JSON
 * @param summary what the commit says of itself
 */
public record EpochCommittable(
    String lineage,
    long checkpoint,
    List<String> rollupFiles,
    List<String> seriesFiles,
    Map<String, String> summary) {

  public EpochCommittable {
    rollupFiles = List.copyOf(rollupFiles);
    seriesFiles = List.copyOf(seriesFiles);
    summary = Map.copyOf(summary);
  }
}
