package tidemark.jobs;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.iceberg.SnapshotRef;
import tidemark.operators.archive.ArchiveOptions;
import tidemark.operators.compact.CompactOptions;
import tidemark.operators.expire.ExpireOptions;
import tidemark.operators.store.StoreOptions;

/** All options of the maintenance job, and its command line. */
final class MaintainOptions {

  /** How long the job runs. */
  enum Passes {
    /** One look, the work that it finds, and the end. */
    ONCE,
    /** Until somebody cancels it. */
    FOREVER
  }

  static final ConfigOption<String> BRANCH =
      ConfigOptions.key("tidemark.maintain.branch")
          .stringType()
          .defaultValue(SnapshotRef.MAIN_BRANCH)
          .withDescription(
              "Branch of the tables that is compacted and on which retention works. Can change"
                  + " between runs.");

  static final ConfigOption<Passes> PASSES =
      ConfigOptions.key("tidemark.maintain.passes")
          .enumType(Passes.class)
          .defaultValue(Passes.FOREVER)
          .withDescription(
              "forever: a pass at each interval until the job is cancelled. once: one pass, and the"
                  + " job ends.");

  static final ConfigOption<Integer> WORKERS =
      ConfigOptions.key("tidemark.maintain.workers")
          .intType()
          .defaultValue(1)
          .withDescription(
              "Tasks that fold files side by side, each of which takes a slot and up to 250 mb of"
                  + " heap. Can change between runs.");

  static final List<ConfigOption<?>> ALL =
      List.of(
          StoreOptions.WAREHOUSE,
          StoreOptions.CATALOG_URI,
          StoreOptions.CATALOG_NAME,
          ArchiveOptions.FOLDER,
          BRANCH,
          PASSES,
          WORKERS,
          CompactOptions.INTERVAL,
          CompactOptions.TARGET_SIZE,
          CompactOptions.MEMORY,
          CompactOptions.GRACE,
          CompactOptions.RETRY_AFTER,
          CompactOptions.EFFORT,
          ExpireOptions.INTERVAL,
          ExpireOptions.RETENTION_10S,
          ExpireOptions.RETENTION_1M,
          ExpireOptions.RETENTION_1H,
          ExpireOptions.KEEP,
          ExpireOptions.MIN_SNAPSHOTS,
          ExpireOptions.MAX_TAG_AGE,
          ExpireOptions.ORPHANS_INTERVAL,
          ExpireOptions.ORPHANS_MIN_AGE,
          ExpireOptions.ORPHANS_STATE_DIRS,
          ExpireOptions.ARCHIVE_KEEP,
          ExpireOptions.PUBLISH_UNDO_FOR);

  private MaintainOptions() {}

  /** Reads the command line; see {@link CommandLineOptions#parse}. */
  static Configuration parse(String[] args) {
    return CommandLineOptions.parse(ALL, args);
  }
}
