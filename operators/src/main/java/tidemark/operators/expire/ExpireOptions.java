package tidemark.operators.expire;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/**
 * Settings of retention, snapshot expiry and orphan removal, the archive's among them. Read them
 * through {@link ExpireConfig}, not one by one.
 */
public final class ExpireOptions {
  public static final ConfigOption<Duration> INTERVAL =
      ConfigOptions.key("tidemark.expire.interval")
          .durationType()
          .defaultValue(Duration.ofMinutes(10))
          .withDescription(
              "How often retention and snapshot expiry run, at most as often as compaction. Can"
                  + " change between runs.");

  public static final ConfigOption<Duration> RETENTION_10S =
      ConfigOptions.key("tidemark.retention.10s")
          .durationType()
          .defaultValue(Duration.ofDays(15))
          .withDescription(
              "How far behind the newest watermark a day of the 10 s tier is dropped; 0 keeps it"
                  + " for ever. Whole UTC days go. Can change between runs.");

  public static final ConfigOption<Duration> RETENTION_1M =
      ConfigOptions.key("tidemark.retention.1m")
          .durationType()
          .defaultValue(Duration.ofDays(90))
          .withDescription(
              "The same of the 1 m tier, and of the ledger that audits read. Can change between"
                  + " runs.");

  public static final ConfigOption<Duration> RETENTION_1H =
      ConfigOptions.key("tidemark.retention.1h")
          .durationType()
          .defaultValue(Duration.ofDays(1825))
          .withDescription("The same of the 1 h tier. Can change between runs.");

  public static final ConfigOption<Duration> KEEP =
      ConfigOptions.key("tidemark.expire.keep")
          .durationType()
          .defaultValue(Duration.ofHours(1))
          .withDescription(
              "Snapshots younger than this, seen from the newest, are kept, and so are the files"
                  + " that only they need: how long a query may take. Can change between runs.");

  public static final ConfigOption<Integer> MIN_SNAPSHOTS =
      ConfigOptions.key("tidemark.expire.min-snapshots")
          .intType()
          .defaultValue(20)
          .withDescription(
              "Snapshots of each branch that are kept whatever their age. Can change between"
                  + " runs.");

  public static final ConfigOption<Duration> MAX_TAG_AGE =
      ConfigOptions.key("tidemark.expire.max-tag-age")
          .durationType()
          .defaultValue(Duration.ZERO)
          .withDescription(
              "Tags named savepoint-* whose snapshot is older than this, seen from the newest, are"
                  + " removed; 0 keeps them, and all files of their snapshots, until somebody"
                  + " removes them. Can change between runs.");

  public static final ConfigOption<Duration> ORPHANS_INTERVAL =
      ConfigOptions.key("tidemark.orphans.interval")
          .durationType()
          .defaultValue(Duration.ofHours(6))
          .withDescription(
              "How often files that belong to nothing are looked for: lists all files of the tables"
                  + " and reads all manifests. Can change between runs.");

  public static final ConfigOption<Duration> ORPHANS_MIN_AGE =
      ConfigOptions.key("tidemark.orphans.min-age")
          .durationType()
          .defaultValue(Duration.ofDays(1))
          .withDescription(
              "Younger files are never removed as orphans. Must be longer than a checkpoint or a"
                  + " fold ever takes, with room for clocks that differ; at least 10 min. Can"
                  + " change between runs.");

  public static final ConfigOption<List<String>> ORPHANS_STATE_DIRS =
      ConfigOptions.key("tidemark.orphans.state-dirs")
          .stringType()
          .asList()
          .defaultValues()
          .withDescription(
              "Folders of all checkpoints and savepoints that a job may be restored from, separated"
                  + " by semicolons: files that wait in them for their commit are kept. Empty:"
                  + " orphans are never removed. A folder that does not exist counts as empty. Can"
                  + " change between runs.");

  public static final ConfigOption<Duration> ARCHIVE_KEEP =
      ConfigOptions.key("tidemark.archive.keep")
          .durationType()
          .defaultValue(Duration.ZERO)
          .withDescription(
              "How far behind the archive's newest file the newest point and the sealing of a file"
                  + " must be for it to be dropped; 0 keeps all for ever. Points more than a day"
                  + " ahead of the sealing count as a day ahead. What is dropped can never be"
                  + " replayed again. Can change between runs.");

  public static final ConfigOption<Duration> PUBLISH_UNDO_FOR =
      ConfigOptions.key("tidemark.publish.undo-for")
          .durationType()
          .defaultValue(Duration.ofDays(7))
          .withDescription(
              "How long after it the publishing of a branch can be undone, seen from the newest"
                  + " snapshot: then it is settled, the rows from before go, and compaction folds its"
                  + " days freely again; 0 leaves that to tidemark publish --settle. Can change"
                  + " between runs.");

  private ExpireOptions() {}
}
