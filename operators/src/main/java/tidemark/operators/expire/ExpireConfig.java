package tidemark.operators.expire;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of retention, snapshot expiry and orphan removal.
 *
 * @param intervalMs time between two runs of retention and expiry
 * @param retention10sMs age at which days of the 10 s tier go; {@link #FOR_EVER} never
 * @param retention1mMs the same of the 1 m tier and the ledger
 * @param retention1hMs the same of the 1 h tier
 * @param keepMs age up to which every snapshot is kept
 * @param minSnapshots snapshots of each branch that are always kept
 * @param maxTagAgeMs age at which tags of savepoints go; {@link #FOR_EVER} never
 * @param orphansIntervalMs time between two searches for orphans
 * @param orphansMinAgeMs age up to which no file is an orphan
 * @param stateDirs folders of checkpoints and savepoints; none turns orphan removal off
 * @param archiveKeepMs age at which files of the archive go; {@link #FOR_EVER} never
 * @param publishUndoForMs age at which a publishing is settled; {@link #FOR_EVER} never
 */
public record ExpireConfig(
    long intervalMs,
    long retention10sMs,
    long retention1mMs,
    long retention1hMs,
    long keepMs,
    int minSnapshots,
    long maxTagAgeMs,
    long orphansIntervalMs,
    long orphansMinAgeMs,
    List<String> stateDirs,
    long archiveKeepMs,
    long publishUndoForMs)
    implements Serializable {
  /** A span that never ends. */
  public static final long FOR_EVER = 0;

  private static final Duration DAY = Duration.ofDays(1);

  public ExpireConfig {
    requireAtLeast(intervalMs, Duration.ofMillis(1), ExpireOptions.INTERVAL);
    requireForEverOrAtLeast(retention10sMs, DAY, ExpireOptions.RETENTION_10S);
    requireForEverOrAtLeast(retention1mMs, DAY, ExpireOptions.RETENTION_1M);
    requireForEverOrAtLeast(retention1hMs, DAY, ExpireOptions.RETENTION_1H);
    requireAtLeast(keepMs, Duration.ZERO, ExpireOptions.KEEP);
    if (minSnapshots < 1) {
      throw new IllegalArgumentException(
          "%s must be at least 1, got %s"
              .formatted(ExpireOptions.MIN_SNAPSHOTS.key(), minSnapshots));
    }
    requireForEverOrAtLeast(maxTagAgeMs, Duration.ofMillis(1), ExpireOptions.MAX_TAG_AGE);
    requireAtLeast(orphansIntervalMs, Duration.ofMillis(1), ExpireOptions.ORPHANS_INTERVAL);
    requireAtLeast(orphansMinAgeMs, Duration.ofMinutes(10), ExpireOptions.ORPHANS_MIN_AGE);
    requireForEverOrAtLeast(archiveKeepMs, DAY, ExpireOptions.ARCHIVE_KEEP);
    requireForEverOrAtLeast(publishUndoForMs, Duration.ofMillis(1), ExpireOptions.PUBLISH_UNDO_FOR);
    stateDirs = List.copyOf(stateDirs);
    for (String folder : stateDirs) {
      if (!folder.startsWith("s3://") && !folder.startsWith("file:/")) {
        throw new IllegalArgumentException(
            "%s must start with s3:// or file:/, got %s"
                .formatted(ExpireOptions.ORPHANS_STATE_DIRS.key(), folder));
      }
    }
  }

  public static ExpireConfig from(ReadableConfig config) {
    return new ExpireConfig(
        config.get(ExpireOptions.INTERVAL).toMillis(),
        config.get(ExpireOptions.RETENTION_10S).toMillis(),
        config.get(ExpireOptions.RETENTION_1M).toMillis(),
        config.get(ExpireOptions.RETENTION_1H).toMillis(),
        config.get(ExpireOptions.KEEP).toMillis(),
        config.get(ExpireOptions.MIN_SNAPSHOTS),
        config.get(ExpireOptions.MAX_TAG_AGE).toMillis(),
        config.get(ExpireOptions.ORPHANS_INTERVAL).toMillis(),
        config.get(ExpireOptions.ORPHANS_MIN_AGE).toMillis(),
        config.get(ExpireOptions.ORPHANS_STATE_DIRS),
        config.get(ExpireOptions.ARCHIVE_KEEP).toMillis(),
        config.get(ExpireOptions.PUBLISH_UNDO_FOR).toMillis());
  }

  private static void requireAtLeast(long valueMs, Duration least, ConfigOption<?> option) {
    if (valueMs < least.toMillis()) {
      throw new IllegalArgumentException(
          "%s must be at least %s, got %s"
              .formatted(option.key(), least, Duration.ofMillis(valueMs)));
    }
  }

  private static void requireForEverOrAtLeast(
      long valueMs, Duration least, ConfigOption<?> option) {
    if (valueMs != FOR_EVER && valueMs < least.toMillis()) {
      throw new IllegalArgumentException(
          "%s must be 0 or at least %s, got %s"
              .formatted(option.key(), least, Duration.ofMillis(valueMs)));
    }
  }
}
