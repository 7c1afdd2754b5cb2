package tidemark.jobs;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import tidemark.operators.store.StoreOptions;

/** Which shards a job serves. Read them through {@link JobShards}. */
final class ShardOptions {
  static final ConfigOption<String> SERVED =
      ConfigOptions.key("tidemark.shards.served")
          .stringType()
          .defaultValue("")
          .withDescription(
              "Shards whose points the job counts, such as 0-31,64, by the newest shard map at the"
                  + " time of its submission. Empty: it counts every point, and needs no map. The"
                  + " tables that a main job writes are its shards' from then on; a job that"
                  + " continues must keep it.");

  static final ConfigOption<String> CATALOG_NAME =
      ConfigOptions.key("tidemark.shards.catalog-name")
          .stringType()
          .defaultValue(StoreOptions.CATALOG_NAME.defaultValue())
          .withDescription(
              "Name under which the shard map stands in the catalog, the same for all jobs.");

  private ShardOptions() {}
}
