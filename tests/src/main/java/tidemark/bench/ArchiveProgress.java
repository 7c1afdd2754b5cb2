package tidemark.bench;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.serde.table.EpochKeys;
import tidemark.state.selection.PointSelection;

/** Tells what the archive job has committed, and makes a main table that a replay can end at. */
final class ArchiveProgress implements AutoCloseable {
  private final TableCatalog catalog;
  private final Table archive;

  ArchiveProgress(StoredProgress tables) {
    catalog = new TableCatalog(tables.address());
    archive = catalog.archive();
  }

  /** Offsets of a topic that are archived, all partitions together. */
  long records(String topic) {
    archive.refresh();
    SortedMap<Integer, Long> ends =
        ArchiveManifest.ends(archive).getOrDefault(topic, new TreeMap<>());
    return ends.values().stream().mapToLong(Long::longValue).sum();
  }

  private List<ArchivedRange> ranges() throws IOException {
    archive.refresh();
    return ArchiveManifest.ranges(
        archive, archive.currentSnapshot().snapshotId(), PointSelection.ALL);
  }

  /** Bytes of all records, as they came. */
  long payloadBytes() throws IOException {
    return ranges().stream().mapToLong(range -> range.summary().payloadBytes()).sum();
  }

  /** Bytes of all files. */
  long fileBytes() throws IOException {
    Map<String, Long> files = new HashMap<>();
    ranges().forEach(range -> files.put(range.file(), range.fileBytes()));
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** An epoch of main without rows, at which a replay of the whole topic ends. */
  void nameEpoch(String topic, List<Long> endOffsets, Workload workload) {
    StringBuilder offsets = new StringBuilder();
    for (int partition = 0; partition < endOffsets.size(); partition++) {
      offsets
          .append(partition == 0 ? "" : ",")
          .append("\"%d\":%d".formatted(partition, endOffsets.get(partition)));
    }
    AppendFiles append = catalog.rollups().newAppend();
    append.set(EpochKeys.LINEAGE, "bench");
    append.set(EpochKeys.RUN, "bench");
    append.set(EpochKeys.CHECKPOINT, "1");
    append.set(EpochKeys.EPOCH, "1-bench");
    append.set(EpochKeys.HEADS, "{}");
    append.set(EpochKeys.OFFSETS, "{\"%s\":{%s}}".formatted(topic, offsets));
    // the last hour ends behind the last window, or its points would not be counted
    append.set(EpochKeys.WATERMARK_MS, Long.toString(workload.windowStartMs(0) + (1L << 40)));
    append.commit();
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
