package tidemark.jobs;

import org.apache.flink.configuration.ReadableConfig;
import tidemark.operators.archive.ArchiveConfig;
import tidemark.operators.compact.CompactConfig;
import tidemark.operators.expire.ExpireConfig;
import tidemark.operators.store.StoreConfig;
import tidemark.serde.catalog.CatalogAddress;

/**
 * The checked settings of the maintenance job.
 *
 * @param address where the tables are
 * @param branch of the tables that is maintained
 * @param passes how long the job runs
 * @param workers parallelism of folding
 * @param archiveFolder where the archive's files are
 */
record MaintainConfig(
    CatalogAddress address,
    String branch,
    MaintainOptions.Passes passes,
    int workers,
    CompactConfig compact,
    ExpireConfig expire,
    String archiveFolder) {

  MaintainConfig {
    if (branch.isBlank()) {
      throw new IllegalArgumentException(
          "%s must not be blank".formatted(MaintainOptions.BRANCH.key()));
    }
    if (workers < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1, got %s".formatted(MaintainOptions.WORKERS.key(), workers));
    }
  }

  static MaintainConfig from(ReadableConfig config) {
    StoreConfig store = StoreConfig.from(config);
    return new MaintainConfig(
        new CatalogAddress(store.catalogUri(), store.catalogName(), store.warehouse()),
        config.get(MaintainOptions.BRANCH),
        config.get(MaintainOptions.PASSES),
        config.get(MaintainOptions.WORKERS),
        CompactConfig.from(config),
        ExpireConfig.from(config),
        ArchiveConfig.from(config).inWarehouse(store.warehouse()).folder());
  }

  /** These settings with a target size that may be smaller than the command line allows. */
  MaintainConfig withTarget(long bytes) {
    return new MaintainConfig(
        address, branch, passes, workers, compact.withTarget(bytes), expire, archiveFolder);
  }
}
