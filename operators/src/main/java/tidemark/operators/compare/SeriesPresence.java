package tidemark.operators.compare;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.FileIO;
import tidemark.serde.fold.FoldRounds;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.SeriesFold;
import tidemark.serde.fold.SeriesMerge;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.SeriesFileReader;
import tidemark.serde.table.SeriesTable;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * Whether the series of rows stand in the series table. Rows come sorted by org, metric, type and
 * series id, series by org, metric and id, so both are walked once. Memory: 8 bytes for each series
 * of the largest metric, and the open files. Not thread-safe.
 */
final class SeriesPresence implements Closeable {
  private final MetricNames names;
  private final SeriesMerge series = new SeriesMerge();
  private List<SeriesEntry> next; // null at the end
  private int name = -1;
  private MetricNames.Name loaded = null; // metric of the ids
  private long[] ids = {};
  private int size;
  private long lastId;

  SeriesPresence(List<String> files, MetricNames names, FileIO io, NewFiles made, long memoryBytes)
      throws IOException {
    this.names = names;
    List<DataFile> few =
        FoldRounds.reduce(
            new SeriesFold(), TableFiles.ofJson(files, SeriesTable.SPEC), memoryBytes, made);
    for (DataFile file : few) {
      series.add(new SeriesFileReader(io.newInputFile(file.location(), file.fileSizeInBytes())));
    }
    advance();
  }

  private void advance() {
    next = series.hasNext() ? series.next() : null;
  }

  /** Whether this is the first row of its series here, and the series is in no file. */
  boolean isNewAndUnknown(PartialRow row) {
    if (row.name == name && row.seriesId == lastId) {
      return false;
    }
    if (row.name != name) {
      load(names.name(row.name));
    }
    name = row.name;
    lastId = row.seriesId;
    return Arrays.binarySearch(ids, 0, size, row.seriesId) < 0;
  }

  private void load(MetricNames.Name wanted) {
    if (loaded != null && compare(loaded, wanted) == 0) {
      return; // the same metric under another type
    }
    size = 0;
    loaded = wanted;
    while (next != null && compare(nextName(), wanted) < 0) {
      advance();
    }
    while (next != null && compare(nextName(), wanted) == 0) {
      if (size == ids.length) {
        ids = Arrays.copyOf(ids, Math.max(1024, size * 2));
      }
      ids[size++] = next.get(0).seriesId();
      advance();
    }
  }

  private MetricNames.Name nextName() {
    SeriesEntry entry = next.get(0);
    return new MetricNames.Name(
        entry.type(),
        entry.identity().org().getBytes(StandardCharsets.UTF_8),
        entry.identity().metric().getBytes(StandardCharsets.UTF_8));
  }

  private static int compare(MetricNames.Name a, MetricNames.Name b) {
    int byOrg = Arrays.compareUnsigned(a.org(), b.org());
    return byOrg != 0 ? byOrg : Arrays.compareUnsigned(a.metric(), b.metric());
  }

  @Override
  public void close() throws IOException {
    series.close();
  }
}
