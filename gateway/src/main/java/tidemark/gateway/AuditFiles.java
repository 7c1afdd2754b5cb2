package tidemark.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Type;
import tidemark.serde.table.RollupsTable;

/**
 * The files of one snapshot that hold rows of a tier and a range of time, and which commit brought
 * each. Other tiers and days cost nothing.
 */
final class AuditFiles {
  private final Table table;
  private final Snapshot head;
  private final Map<Long, Snapshot> bySequence = new HashMap<>();
  private final Map<String, Set<Long>> sequencesOfFile = new HashMap<>();

  AuditFiles(Table table, Snapshot head) {
    this.table = table;
    this.head = head;
    table.snapshots().forEach(snapshot -> bySequence.put(snapshot.sequenceNumber(), snapshot));
  }

  /** Files with rows of windows that start in the range. */
  List<StoredFile> of(int tierSeconds, AuditRange range) {
    List<StoredFile> files = new ArrayList<>();
    for (DataFile file : plan(scan().filter(filter(tierSeconds, range)))) {
      files.add(
          new StoredFile(file.location(), file.fileSizeInBytes(), file.recordCount(), tierSeconds));
      sequencesOfFile
          .computeIfAbsent(file.location(), key -> new TreeSet<>())
          .add(file.fileSequenceNumber());
    }
    return files;
  }

  /** Start of the newest window of a tier, as the statistics of its files say. */
  Optional<Long> newestMs(int tierSeconds) {
    Expression filter = filter(tierSeconds, AuditRange.ALL);
    Type type = RollupsTable.SCHEMA.findType(RollupsTable.WINDOW_START);
    Optional<Long> newest = Optional.empty();
    for (DataFile file : plan(scan().filter(filter).includeColumnStats())) {
      ByteBuffer bound = file.upperBounds().get(RollupsTable.WINDOW_START);
      if (bound != null) {
        long micros = Conversions.fromByteBuffer(type, bound);
        newest = Optional.of(Math.max(newest.orElse(Long.MIN_VALUE), micros / 1000));
      }
    }
    return newest;
  }

  /**
   * Numbers that order the commits that added a file which was listed; by a fault there may be two.
   */
  Set<Long> sequences(String location) {
    return sequencesOfFile.get(location);
  }

  /** The commit of that number; empty if its snapshot expired. */
  Optional<Snapshot> commit(long sequence) {
    return Optional.ofNullable(bySequence.get(sequence));
  }

  /** Since when retention keeps a tier, epoch ms; the smallest long if it never dropped a day. */
  long keptFromMs(int tierSeconds) {
    String day = table.properties().get(RollupsTable.keptFromProperty(tierSeconds));
    return day == null
        ? Long.MIN_VALUE
        : LocalDate.parse(day).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
  }

  private TableScan scan() {
    return table.newScan().useSnapshot(head.snapshotId());
  }

  private static Expression filter(int tierSeconds, AuditRange range) {
    Expression filter =
        Expressions.equal(RollupsTable.SCHEMA.findColumnName(RollupsTable.TIER), tierSeconds);
    String time = RollupsTable.SCHEMA.findColumnName(RollupsTable.WINDOW_START);
    if (range.fromMs() > 0) {
      filter =
          Expressions.and(filter, Expressions.greaterThanOrEqual(time, range.fromMs() * 1000L));
    }
    if (range.toMs() < AuditRange.NO_END) {
      filter = Expressions.and(filter, Expressions.lessThan(time, range.toMs() * 1000L));
    }
    return filter;
  }

  private List<DataFile> plan(TableScan scan) {
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        if (!task.deletes().isEmpty()) {
          throw new GatewayException(
              "%s has row deletes, which this reader does not apply: file %s"
                  .formatted(table.name(), task.file().location()));
        }
        files.add(task.file().copy());
      }
      return files;
    } catch (NotFoundException e) {
      throw new GatewayException(
          "a manifest of %s is not there any more: its snapshot expired meanwhile, ask again"
              .formatted(table.name()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the manifests of " + table.name(), e);
    }
  }
}
