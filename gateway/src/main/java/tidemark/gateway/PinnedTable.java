package tidemark.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import tidemark.serde.table.RollupsTable;

/**
 * One table at the snapshot that was current when it was loaded; later commits do not show.
 *
 * <p>Listing files reads the snapshot's manifests: milliseconds per few thousand files.
 */
final class PinnedTable {
  private static final String TIER = RollupsTable.SCHEMA.findColumnName(RollupsTable.TIER);

  private final Table table;
  private final Optional<Snapshot> snapshot;

  PinnedTable(Table table) {
    this.table = table;
    this.snapshot = Optional.ofNullable(table.currentSnapshot());
  }

  Optional<Epoch> epoch() {
    return snapshot.flatMap(at -> Epoch.of(table, at));
  }

  boolean hasSnapshot() {
    return snapshot.isPresent();
  }

  long snapshotId() {
    return snapshot.map(Snapshot::snapshotId).orElse(TableFiles.NO_SNAPSHOT);
  }

  TableFiles files() {
    return files(Expressions.alwaysTrue());
  }

  /** Files of one tier; manifests of other tiers are not read. */
  TableFiles files(int tierSeconds) {
    return files(Expressions.equal(TIER, tierSeconds));
  }

  private TableFiles files(Expression filter) {
    List<StoredFile> files = new ArrayList<>();
    if (snapshot.isPresent()) {
      try (CloseableIterable<FileScanTask> tasks =
          table.newScan().useSnapshot(snapshotId()).filter(filter).planFiles()) {
        tasks.forEach(task -> files.add(storedFile(task)));
      } catch (NotFoundException e) {
        throw new GatewayException(
            "a manifest of %s is not there any more: its snapshot expired meanwhile, ask again"
                .formatted(table.name()),
            e);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the manifests of " + table.name(), e);
      }
    }
    return new TableFiles(table.name(), snapshotId(), files);
  }

  private StoredFile storedFile(FileScanTask task) {
    if (!task.deletes().isEmpty()) {
      throw new GatewayException(
          "%s has row deletes, which this reader does not apply: file %s"
              .formatted(table.name(), task.file().location()));
    }
    return new StoredFile(
        task.file().location(),
        task.file().fileSizeInBytes(),
        task.file().recordCount(),
        tierSeconds(task));
  }

  private static int tierSeconds(FileScanTask task) {
    List<PartitionField> fields = task.spec().fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(TIER) && fields.get(i).transform().isIdentity()) {
        return task.partition().get(i, Integer.class);
      }
    }
    return StoredFile.NO_TIER;
  }
}
