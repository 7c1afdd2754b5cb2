package tidemark.operators.publish;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.catalog.ReplaySide;
import tidemark.serde.fold.FoldRounds;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.SeriesFold;
import tidemark.serde.fold.SeriesMerge;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.MaintenanceKeys;
import tidemark.serde.table.SeriesFileReader;
import tidemark.serde.table.SeriesOutput;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.TableFileWriter;

/**
 * Series of a branch that main does not have, or has not seen for as long, appended to main's. Rows
 * of series merge, so that adding one twice changes nothing; they stay when the rows are put back.
 *
 * <p>Memory: at most 32 open files of each side, and a row group that is written.
 */
final class SeriesAddition {
  private static final long MEMORY_BYTES = 32L << 20;

  private final Table series;
  private final String branch;

  SeriesAddition(Table series, String branch) {
    this.series = series;
    this.branch = branch;
  }

  /** Appends them, and returns how many there were. */
  long append() throws IOException {
    Path folder = Files.createTempDirectory("tidemark-publish");
    NewFiles folded = new NewFiles(series.io(), "file://" + folder.toAbsolutePath(), "publish");
    NewFiles made = new NewFiles(series.io(), series.location() + "/data", "publish");
    Optional<DataFile> file = Optional.empty();
    try {
      try (SeriesMerge theirs = open(branch, folded);
          SeriesMerge ours = open(SnapshotRef.MAIN_BRANCH, folded)) {
        file = write(theirs, ours, made);
      }
      if (file.isPresent()) {
        AppendFiles append = series.newAppend().appendFile(file.get());
        append.set(MaintenanceKeys.MAINTENANCE, MaintenanceKeys.PUBLISH);
        append.set(MaintenanceKeys.PUBLISH_BRANCH, branch);
        append.commit();
      }
      return file.map(DataFile::recordCount).orElse(0L);
    } finally {
      folded.removeBut(List.of());
      Files.deleteIfExists(folder);
    }
  }

  private SeriesMerge open(String ref, NewFiles folded) throws IOException {
    SeriesMerge merge = new SeriesMerge();
    Optional<Snapshot> head = BranchHead.snapshot(series, ref);
    if (head.isPresent()) {
      List<DataFile> few =
          FoldRounds.reduce(
              new SeriesFold(),
              ReplaySide.files(series, head.get().snapshotId()),
              MEMORY_BYTES,
              folded);
      for (DataFile file : few) {
        merge.add(
            new SeriesFileReader(
                series.io().newInputFile(file.location(), file.fileSizeInBytes())));
      }
    }
    return merge;
  }

  private static Optional<DataFile> write(SeriesMerge theirs, SeriesMerge ours, NewFiles made)
      throws IOException {
    SeriesOutput output = null;
    List<SeriesEntry> known = List.of();
    try {
      while (theirs.hasNext()) {
        List<SeriesEntry> entries = theirs.next();
        while (ours.hasNext()
            && (known.isEmpty() || SeriesRows.ORDER.compare(known.get(0), entries.get(0)) < 0)) {
          known = ours.next();
        }
        for (SeriesEntry entry : lacking(entries, known)) {
          if (output == null) {
            output = TableFileWriter.openSeries(made.next());
          }
          output.add(entry);
        }
      }
      return output == null ? Optional.empty() : Optional.of(output.finish());
    } finally {
      if (output != null) {
        output.close();
      }
    }
  }

  private static List<SeriesEntry> lacking(List<SeriesEntry> entries, List<SeriesEntry> known) {
    List<SeriesEntry> lacking = new ArrayList<>();
    for (SeriesEntry entry : entries) {
      boolean isKnown =
          known.stream()
              .anyMatch(
                  other ->
                      SeriesMerge.isSame(entry, other)
                          && other.firstSeenMs() <= entry.firstSeenMs()
                          && other.lastSeenMs() >= entry.lastSeenMs());
      if (!isKnown) {
        lacking.add(entry);
      }
    }
    return lacking;
  }
}
