package tidemark.operators.expire;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.PublishSettlement;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.manifest.ManifestUpkeep;
import tidemark.serde.manifest.NamedFiles;

/**
 * At a tick, if it is time: retention, then snapshot expiry, then orphan removal, the archive's
 * among them. One instance, no state; after a restart all three run at the first tick.
 *
 * <p>Emits a line for whatever was removed. Metrics, group {@code tidemark.expire}: {@code
 * filesDropped} (by retention), {@code archiveFilesDropped} (likewise; they are removed with the
 * orphans), {@code archiveRowFilesFolded}, {@code publishingsSettled}, {@code snapshotsExpired},
 * {@code tagsRemoved}, {@code orphansRemoved}, {@code statesRead} (checkpoints and savepoints at
 * the last look), {@code expireFailures}, {@code orphanFailures} (a state was unreadable, so
 * nothing was removed).
 */
public final class ExpireFunction extends ProcessFunction<Long, String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ExpireFunction.class);

  private final ExpireConfig config;
  private final CatalogAddress address;
  private final String branch;
  private final String archiveFolder;

  private transient TableCatalog catalog; // null until it could be opened
  private transient StateFiles stateFiles;
  private transient long expireAtMs;
  private transient long orphansAtMs;

  private transient Counter filesDropped;
  private transient Counter archiveFilesDropped;
  private transient Counter archiveRowFilesFolded;
  private transient Counter publishingsSettled;
  private transient Counter snapshotsExpired;
  private transient Counter tagsRemoved;
  private transient Counter orphansRemoved;
  private transient Counter expireFailures;
  private transient Counter orphanFailures;

  /**
   * @param branch of the rollups table on which retention works; expiry and orphans look at all
   * @param archiveFolder where the archive's files are
   */
  public ExpireFunction(
      ExpireConfig config, CatalogAddress address, String branch, String archiveFolder) {
    this.config = config;
    this.address = address;
    this.branch = branch;
    this.archiveFolder = archiveFolder;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    stateFiles = new StateFiles(config.stateDirs());
    expireAtMs = Long.MIN_VALUE;
    orphansAtMs = Long.MIN_VALUE;
    MetricGroup group =
        getRuntimeContext().getMetricGroup().addGroup("tidemark").addGroup("expire");
    filesDropped = group.counter("filesDropped");
    archiveFilesDropped = group.counter("archiveFilesDropped");
    archiveRowFilesFolded = group.counter("archiveRowFilesFolded");
    publishingsSettled = group.counter("publishingsSettled");
    snapshotsExpired = group.counter("snapshotsExpired");
    tagsRemoved = group.counter("tagsRemoved");
    orphansRemoved = group.counter("orphansRemoved");
    expireFailures = group.counter("expireFailures");
    orphanFailures = group.counter("orphanFailures");
    group.gauge("statesRead", () -> stateFiles.states());
    if (config.stateDirs().isEmpty()) {
      LOG.info(
          "Orphans are not removed: {} names no folder", ExpireOptions.ORPHANS_STATE_DIRS.key());
    }
  }

  @Override
  public void processElement(Long tick, Context context, Collector<String> out) {
    long nowMs = context.timerService().currentProcessingTime();
    if (nowMs >= expireAtMs) {
      expireAtMs = nowMs + config.intervalMs();
      expire(nowMs, out);
    }
    if (nowMs >= orphansAtMs) {
      orphansAtMs = nowMs + config.orphansIntervalMs();
      removeOrphans(nowMs, out);
    }
  }

  private void expire(long nowMs, Collector<String> out) {
    try {
      int dropped = TableTrouble.retry(() -> Retention.apply(rollups(), branch, config));
      filesDropped.inc(dropped);
      report(out, dropped, "retention of %s: %s files dropped".formatted(branch, dropped));
      settlePublishings(out);
      Optional<Table> archive = TableTrouble.retry(this::archive);
      if (archive.isPresent()) {
        expireArchive(archive.get(), nowMs, out);
      }
      Set<String> waiting = TableTrouble.once(stateFiles::names);
      for (String name : List.of("rollups", "series")) {
        expireSnapshots(name, TableTrouble.retry(() -> table(name)), waiting, out);
      }
      if (archive.isPresent()) {
        expireSnapshots("archive", archive.get(), waiting, out);
      }
    } catch (TableTrouble e) {
      expireFailures.inc();
      LOG.warn("Retention or expiry failed and is tried again in {} ms", config.intervalMs(), e);
    }
  }

  private void settlePublishings(Collector<String> out) throws TableTrouble {
    if (config.publishUndoForMs() != ExpireConfig.FOR_EVER) {
      List<String> settled =
          TableTrouble.retry(
              () -> PublishSettlement.settleOld(rollups(), config.publishUndoForMs()));
      publishingsSettled.inc(settled.size());
      report(out, settled.size(), "settled the publishing of " + String.join(", ", settled));
    }
    TableTrouble.retry(() -> PublishSettlement.forget(rollups()));
  }

  private void expireArchive(Table archive, long nowMs, Collector<String> out) throws TableTrouble {
    ManifestUpkeep upkeep = new ManifestUpkeep(archive);
    ManifestUpkeep.Dropped dropped =
        TableTrouble.retry(() -> upkeep.expire(config.archiveKeepMs(), nowMs));
    archiveFilesDropped.inc(dropped.files());
    report(
        out,
        dropped.files(),
        "retention of the archive: %s files of %s bytes dropped"
            .formatted(dropped.files(), dropped.bytes()));
    int folded = TableTrouble.retry(upkeep::fold);
    archiveRowFilesFolded.inc(folded);
    report(out, folded, "compact archive: %s files of its table folded".formatted(folded));
  }

  private void expireSnapshots(String name, Table table, Set<String> waiting, Collector<String> out)
      throws TableTrouble {
    int tags = TableTrouble.retry(() -> SnapshotExpiry.removeOldTags(table, config.maxTagAgeMs()));
    tagsRemoved.inc(tags);
    int expired = TableTrouble.retry(() -> SnapshotExpiry.apply(table, config, waiting));
    snapshotsExpired.inc(expired);
    report(
        out,
        tags + expired,
        "expiry of %s: %s snapshots expired, %s tags removed".formatted(name, expired, tags));
  }

  private void removeOrphans(long nowMs, Collector<String> out) {
    long beforeMs = nowMs - config.orphansMinAgeMs();
    try {
      if (!config.stateDirs().isEmpty()) {
        removeOrphansOfTables(beforeMs, out);
      }
      Optional<Table> archive = TableTrouble.retry(this::archive);
      if (archive.isPresent()) {
        removeOfArchive(archive.get(), beforeMs, nowMs, out);
      }
    } catch (TableTrouble e) {
      orphanFailures.inc();
      LOG.warn(
          "Orphans stay, since files, state or tables could not be read; again in {} ms",
          config.orphansIntervalMs(),
          e);
    }
  }

  private void removeOrphansOfTables(long beforeMs, Collector<String> out) throws TableTrouble {
    Orphans ofRollups = TableTrouble.retry(() -> new Orphans(table("rollups"), beforeMs));
    Orphans ofSeries = TableTrouble.retry(() -> new Orphans(table("series"), beforeMs));
    Set<String> waiting = TableTrouble.once(stateFiles::names);
    int removed =
        TableTrouble.retry(() -> ofRollups.remove(waiting)).size()
            + TableTrouble.retry(() -> ofSeries.remove(waiting)).size();
    orphansRemoved.inc(removed);
    LOG.info(
        "{} checkpoints and savepoints were searched for files that wait", stateFiles.states());
    report(out, removed, "orphans: %s files removed".formatted(removed));
  }

  /** What has expired waits for nobody, so it goes even where nobody says where state is. */
  private void removeOfArchive(Table archive, long beforeMs, long nowMs, Collector<String> out)
      throws TableTrouble {
    Orphans ofTable = TableTrouble.retry(() -> new Orphans(archive, beforeMs));
    ArchiveFiles files = TableTrouble.retry(() -> new ArchiveFiles(archiveFolder, beforeMs, nowMs));
    Set<String> waiting = TableTrouble.once(stateFiles::names);
    NamedFiles named = TableTrouble.retry(() -> NamedFiles.of(archive));
    int expired = TableTrouble.retry(() -> files.removeExpired(named)).size();
    report(out, expired, "archive: %s expired files removed".formatted(expired));
    if (!config.stateDirs().isEmpty()) {
      int removed =
          TableTrouble.retry(() -> ofTable.remove(waiting)).size()
              + TableTrouble.once(() -> files.removeOrphans(named, waiting)).size();
      orphansRemoved.inc(removed);
      report(out, removed, "orphans of the archive: %s files removed".formatted(removed));
    }
  }

  private static void report(Collector<String> out, int removed, String line) {
    if (removed > 0) {
      LOG.info("{}", line);
      out.collect(line);
    }
  }

  private Table rollups() {
    return table("rollups");
  }

  private Table table(String name) {
    if (catalog == null) {
      catalog = new TableCatalog(address);
    }
    return name.equals("series") ? catalog.series() : catalog.rollups();
  }

  private Optional<Table> archive() {
    if (catalog == null) {
      catalog = new TableCatalog(address);
    }
    return catalog.archiveIfThere();
  }

  @Override
  public void close() throws IOException {
    if (catalog != null) {
      catalog.close();
    }
  }
}
