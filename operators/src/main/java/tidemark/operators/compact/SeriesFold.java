package tidemark.operators.compact;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.iceberg.DataFile;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.SeriesFileReader;
import tidemark.serde.table.SeriesOutput;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.TableFileWriter;

/**
 * Folds files of the series table: rows of one series become one, first seen at the earliest and
 * last seen at the latest time of them. Two series that share an id stay two.
 *
 * <p>Memory, beside the open files: the rows of one series id, and a row group that is written.
 */
final class SeriesFold implements Fold {
  private static final Comparator<SeriesEntry> WITHIN_ID =
      Comparator.comparing(SeriesEntry::type)
          .thenComparing(entry -> String.join("\0", entry.identity().tags()));

  /** A file and the row that it stands at. */
  private static final class Cursor {
    final SeriesFileReader reader;
    SeriesEntry entry;

    Cursor(SeriesFileReader reader) {
      this.reader = reader;
      this.entry = reader.next();
    }
  }

  @Override
  public List<DataFile> fold(List<DataFile> files, long targetBytes, NewFiles folder)
      throws IOException {
    List<Closeable> open = new ArrayList<>();
    try (Closeable all = () -> closeAll(open)) {
      PriorityQueue<Cursor> cursors =
          new PriorityQueue<>(Comparator.comparing(cursor -> cursor.entry, SeriesRows.ORDER));
      for (DataFile file : files) {
        SeriesFileReader reader =
            new SeriesFileReader(folder.io().newInputFile(file.location(), file.fileSizeInBytes()));
        open.add(reader);
        if (reader.hasNext()) {
          cursors.add(new Cursor(reader));
        }
      }
      return write(cursors, targetBytes, folder, open);
    }
  }

  private static List<DataFile> write(
      PriorityQueue<Cursor> cursors, long targetBytes, NewFiles folder, List<Closeable> open)
      throws IOException {
    List<DataFile> written = new ArrayList<>();
    SeriesOutput output = null;
    while (!cursors.isEmpty()) {
      if (output == null) {
        output = TableFileWriter.openSeries(folder.next());
        open.add(output);
      }
      for (SeriesEntry entry : folded(nextId(cursors))) {
        output.add(entry);
      }
      if (output.length() >= targetBytes) {
        written.add(output.finish());
        output = null;
      }
    }
    if (output != null) {
      written.add(output.finish());
    }
    return written;
  }

  /** All rows of the next org, metric and series id. */
  private static List<SeriesEntry> nextId(PriorityQueue<Cursor> cursors) {
    List<SeriesEntry> entries = new ArrayList<>();
    do {
      Cursor first = cursors.poll();
      entries.add(first.entry);
      if (first.reader.hasNext()) {
        first.entry = first.reader.next();
        cursors.add(first);
      }
    } while (!cursors.isEmpty()
        && SeriesRows.ORDER.compare(cursors.peek().entry, entries.get(0)) == 0);
    return entries;
  }

  private static List<SeriesEntry> folded(List<SeriesEntry> entries) {
    entries.sort(WITHIN_ID);
    List<SeriesEntry> folded = new ArrayList<>();
    for (SeriesEntry entry : entries) {
      int end = folded.size() - 1;
      if (end >= 0 && isSame(folded.get(end), entry)) {
        SeriesEntry same = folded.get(end);
        folded.set(
            end,
            same.withSeen(
                Math.min(same.firstSeenMs(), entry.firstSeenMs()),
                Math.max(same.lastSeenMs(), entry.lastSeenMs())));
      } else {
        folded.add(entry);
      }
    }
    return folded;
  }

  private static boolean isSame(SeriesEntry a, SeriesEntry b) {
    return a.type() == b.type() && a.identity().equals(b.identity());
  }

  private static void closeAll(List<Closeable> open) throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }
}
