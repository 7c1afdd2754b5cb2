package tidemark.gateway.tables;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.StaticTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.SnapshotUtil;
import tidemark.gateway.CatalogReader;
import tidemark.gateway.Epoch;
import tidemark.gateway.GatewayException;
import tidemark.gateway.StoredFile;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * Looks at the catalog and turns snapshots into {@link TableVersion}s. A look without news costs
 * one statement of the catalog; a new snapshot costs reading its manifests, milliseconds per few
 * thousand files.
 *
 * <p>Thread-safe; one look at a time.
 */
public final class TableWatch implements AutoCloseable {
  private static final int[] TIERS = {10, 60, 3600};

  private final Supplier<CatalogReader> open;
  private Optional<CatalogReader> catalog = Optional.empty();
  private Optional<Table> rollups = Optional.empty();
  private Optional<Table> series = Optional.empty();
  private TableVersion current = TableVersion.EMPTY;
  private volatile Optional<Seen> seen = Optional.empty();

  /** Both tables as one look has found them; they change no more. */
  private record Seen(Table rollups, Table series, TableVersion version) {}

  /**
   * @param open connects to the catalog, which need not be there yet
   */
  public TableWatch(Supplier<CatalogReader> open) {
    this.open = open;
  }

  /**
   * The newest version.
   *
   * @throws GatewayException if the catalog does not answer
   */
  public synchronized TableVersion look() {
    Table rollupsNow = refreshed(rollups, RollupsTable.ID);
    rollups = Optional.of(rollupsNow);
    // After rollups: series are committed first, so that these hold every series of those.
    Table seriesNow = refreshed(series, SeriesTable.ID);
    series = Optional.of(seriesNow);
    long newSeries = idOf(seriesNow.currentSnapshot());
    long newRollups = idOf(rollupsNow.currentSnapshot());
    if (newRollups != current.rollupsSnapshot() || newSeries != current.seriesSnapshot()) {
      current = version(rollupsNow, newRollups, seriesNow, newSeries);
      seen = Optional.of(new Seen(fixed(rollupsNow), fixed(seriesNow), current));
    }
    return current;
  }

  private static Table fixed(Table table) {
    TableOperations now = ((HasTableOperations) table).operations();
    return new BaseTable(new StaticTableOperations(now.current(), table.io()), table.name());
  }

  private Table refreshed(Optional<Table> known, TableIdentifier id) {
    if (catalog.isEmpty()) {
      catalog = Optional.of(open.get());
    }
    if (known.isEmpty()) {
      return catalog.get().load(id);
    }
    known.get().refresh();
    return known.get();
  }

  /**
   * The version that was current at a time: the newest snapshot of main committed at or before it.
   * Series are those of now; more of them than then do no harm.
   *
   * @throws GatewayException if no snapshot that old is kept
   */
  public synchronized TableVersion asOf(Instant time) {
    TableVersion now = look();
    Table table = rollups.orElseThrow();
    long found = -1;
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      if (snapshot.timestampMillis() <= time.toEpochMilli()) {
        found = snapshot.snapshotId();
        break;
      }
    }
    if (found < 0) {
      throw new GatewayException("no version of the tables as old as " + time + " is kept");
    }
    return found == now.rollupsSnapshot()
        ? now
        : version(table, found, series.orElseThrow(), now.seriesSnapshot());
  }

  /**
   * The same of what the last look has found, without another one: who asks does not wait for one
   * that takes long.
   *
   * @return {@link TableVersion#EMPTY} if nothing was committed at that time
   * @throws GatewayException if no snapshot that old is kept
   */
  TableVersion seenAsOf(Instant time) {
    if (seen.isEmpty()) {
      return TableVersion.EMPTY;
    }
    Seen found = seen.get();
    boolean isWhole = true;
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(found.rollups())) {
      if (snapshot.timestampMillis() <= time.toEpochMilli()) {
        return snapshot.snapshotId() == found.version().rollupsSnapshot()
            ? found.version()
            : version(
                found.rollups(),
                snapshot.snapshotId(),
                found.series(),
                found.version().seriesSnapshot());
      }
      isWhole = snapshot.parentId() == null;
    }
    if (isWhole) {
      return TableVersion.EMPTY;
    }
    throw new GatewayException("no version of the tables as old as " + time + " is kept");
  }

  /** When a version that {@link #asOf} or {@link #asOfCheckpoint} gave was committed. */
  public synchronized Instant committedAt(TableVersion version) {
    return Instant.ofEpochMilli(
        rollups.orElseThrow().snapshot(version.rollupsSnapshot()).timestampMillis());
  }

  /**
   * The version that one epoch of main made.
   *
   * @throws GatewayException if it is not kept
   */
  public synchronized TableVersion asOfCheckpoint(long checkpoint) {
    TableVersion now = look();
    Table table = rollups.orElseThrow();
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      Optional<Epoch> epoch = Epoch.of(table, snapshot);
      if (epoch.isPresent()
          && epoch.get().checkpoint() == checkpoint
          && epoch.get().lineage().equals(now.committed().lineage())) {
        return version(table, snapshot.snapshotId(), series.orElseThrow(), now.seriesSnapshot());
      }
    }
    throw new GatewayException("epoch " + checkpoint + " is not kept");
  }

  private static long idOf(Snapshot snapshot) {
    return snapshot == null ? -1 : snapshot.snapshotId();
  }

  private static TableVersion version(Table rollups, long rollupsId, Table series, long seriesId) {
    if (rollupsId < 0) {
      return TableVersion.EMPTY;
    }
    Map<Integer, List<RollupFile>> byTier = new HashMap<>();
    for (RollupFile file : rollupFiles(rollups, rollupsId)) {
      byTier.computeIfAbsent(file.file().tierSeconds(), tier -> new ArrayList<>()).add(file);
    }
    Map<Integer, Long> keptFrom = new HashMap<>();
    for (int tier : TIERS) {
      String day = rollups.properties().get(RollupsTable.keptFromProperty(tier));
      if (day != null) {
        keptFrom.put(
            tier, LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
      }
    }
    return new TableVersion(
        rollupsId,
        seriesId,
        byTier,
        seriesFiles(series, seriesId),
        Epoch.of(rollups, rollups.snapshot(rollupsId)),
        CommittedBy.of(SnapshotUtil.ancestorsOf(rollupsId, rollups::snapshot)),
        keptFrom);
  }

  private static List<RollupFile> rollupFiles(Table table, long snapshotId) {
    List<RollupFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshotId).includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        requireNoDeletes(table, task);
        files.add(rollupFile(task));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the manifests of " + table.name(), e);
    }
    return files;
  }

  private static List<StoredFile> seriesFiles(Table table, long snapshotId) {
    List<StoredFile> files = new ArrayList<>();
    if (snapshotId < 0) {
      return files;
    }
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshotId).planFiles()) {
      for (FileScanTask task : tasks) {
        requireNoDeletes(table, task);
        files.add(storedFile(task.file(), StoredFile.NO_TIER));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the manifests of " + table.name(), e);
    }
    return files;
  }

  private static void requireNoDeletes(Table table, FileScanTask task) {
    if (!task.deletes().isEmpty()) {
      throw new GatewayException(
          table.name() + " has row deletes, which this reader does not apply");
    }
  }

  private static StoredFile storedFile(DataFile file, int tier) {
    return new StoredFile(file.location(), file.fileSizeInBytes(), file.recordCount(), tier);
  }

  private static RollupFile rollupFile(FileScanTask task) {
    DataFile file = task.file();
    return new RollupFile(
        storedFile(file, task.partition().get(0, Integer.class)),
        millis(file.lowerBounds(), Long.MIN_VALUE),
        millis(file.upperBounds(), Long.MAX_VALUE),
        text(file.lowerBounds(), RollupsTable.ORG),
        text(file.upperBounds(), RollupsTable.ORG),
        text(file.lowerBounds(), RollupsTable.METRIC),
        text(file.upperBounds(), RollupsTable.METRIC));
  }

  private static long millis(Map<Integer, ByteBuffer> bounds, long unknown) {
    ByteBuffer bytes = bounds == null ? null : bounds.get(RollupsTable.WINDOW_START);
    if (bytes == null) {
      return unknown;
    }
    Long micros = Conversions.fromByteBuffer(Types.TimestampType.withZone(), bytes);
    return Math.floorDiv(micros, 1000L);
  }

  private static String text(Map<Integer, ByteBuffer> bounds, int field) {
    ByteBuffer bytes = bounds == null ? null : bounds.get(field);
    if (bytes == null) {
      return "";
    }
    CharSequence text = Conversions.fromByteBuffer(Types.StringType.get(), bytes);
    return text.toString();
  }

  @Override
  public synchronized void close() {
    catalog.ifPresent(CatalogReader::close);
  }
}
