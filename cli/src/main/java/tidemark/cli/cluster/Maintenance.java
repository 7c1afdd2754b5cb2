package tidemark.cli.cluster;

import java.util.List;
import java.util.Map;

/** The maintenance job as a local cluster knows it. */
final class Maintenance {
  static final String MAIN_CLASS = "tidemark.jobs.MaintainJob";

  /** Name under which the job runs: it tells it from the main job. */
  static final String JOB_NAME = "tidemark maintain";

  private Maintenance() {}

  /**
   * Options of the job that follow from the cluster.
   *
   * @param stateFolders folders of all its checkpoints and savepoints
   */
  static Map<String, String> ownOptions(
      String warehouse, String catalogUri, List<String> stateFolders) {
    return Map.of(
        "tidemark.store.warehouse",
        warehouse,
        "tidemark.store.catalog-uri",
        catalogUri,
        "tidemark.orphans.state-dirs",
        String.join(";", stateFolders),
        // a quarter of the default: the whole cluster is to fit 3 GB
        "tidemark.compact.memory",
        "32 mb");
  }
}
