package tidemark.operators.compact;

import java.io.Closeable;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.OutputFile;
import tidemark.serde.table.RollupBuffers;
import tidemark.serde.table.RollupFileReader;
import tidemark.serde.table.RollupOutput;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;

/**
 * Folds files of one tier and UTC day of the rollups table: a merge of sorted files, in which rows
 * of one key meet and are merged by {@link PartialTable}, as in the stream. A row that is alone
 * passes through as it is.
 *
 * <p>Memory, beside the open files: one chunk of at most 262,144 rows or 64 MB, twice while it is
 * written, and the names of the metrics. Not thread-safe.
 */
final class RollupFold implements Fold {
  private static final int MAX_CHUNK_ROWS = 1 << 18;
  private static final int MIN_CHUNK_ROWS = 1 << 10;
  private static final long CHUNK_BYTES = 64L << 20;

  private final int tierSeconds;
  private final String partitionPath;

  RollupFold(int tierSeconds, long epochDay) {
    this.tierSeconds = tierSeconds;
    this.partitionPath = partitionPath(tierSeconds, epochDay);
  }

  static String partitionPath(int tierSeconds, long epochDay) {
    return "tier=%s/window_start_day=%s".formatted(tierSeconds, LocalDate.ofEpochDay(epochDay));
  }

  @Override
  public List<DataFile> fold(List<DataFile> files, long targetBytes, NewFiles folder)
      throws IOException {
    MetricNames names = new MetricNames(System.nanoTime());
    try (RollupMerge rows = new RollupMerge(names);
        Sink sink = new Sink(names, targetBytes, folder)) {
      for (DataFile file : files) {
        rows.add(
            new RollupFileReader(
                folder.io().newInputFile(file.location(), file.fileSizeInBytes()), names));
      }
      PartialTable table = new PartialTable(4);
      PartialRow row = new PartialRow();
      PartialRow folded = new PartialRow();
      while (rows.next(row)) {
        if (!rows.isNextOf(row)) {
          sink.add(row);
          continue;
        }
        table.clear();
        table.merge(row);
        while (rows.isNextOf(row)) {
          rows.mergeNext(table);
        }
        table.read(0, folded);
        sink.add(folded);
      }
      return sink.finish();
    }
  }

  /** Rows become chunks, chunks files. */
  private final class Sink implements Closeable {
    private final MetricNames names;
    private final long targetBytes;
    private final int chunkRows;
    private final NewFiles folder;
    private final List<DataFile> written = new ArrayList<>();
    private final RollupBuffers buffers = new RollupBuffers();
    private RollupRows chunk;
    private RollupOutput output; // null between two files

    Sink(MetricNames names, long targetBytes, NewFiles folder) {
      this.names = names;
      this.targetBytes = targetBytes;
      // a row takes 8 to 14 bytes: about eight chunks a file, so that files end near their target
      this.chunkRows = (int) Math.max(MIN_CHUNK_ROWS, Math.min(MAX_CHUNK_ROWS, targetBytes / 64));
      this.folder = folder;
      this.chunk = new RollupRows(names, buffers);
    }

    void add(PartialRow row) throws IOException {
      chunk.add(row);
      if (chunk.size() >= chunkRows || chunk.memoryBytes() >= CHUNK_BYTES) {
        writeChunk();
      }
    }

    private void writeChunk() throws IOException {
      if (output == null) {
        OutputFile file = folder.next();
        output = TableFileWriter.openRollups(tierSeconds, partitionPath, file);
      }
      output.append(chunk);
      chunk.release();
      chunk = new RollupRows(names, buffers);
      if (output.length() >= targetBytes) {
        finishFile();
      }
    }

    private void finishFile() throws IOException {
      RollupOutput complete = output;
      output = null;
      try (complete) {
        written.add(complete.finish());
      }
    }

    List<DataFile> finish() throws IOException {
      if (chunk.size() > 0) {
        writeChunk();
      }
      if (output != null) {
        finishFile();
      }
      return List.copyOf(written);
    }

    @Override
    public void close() throws IOException {
      if (output != null) {
        output.close();
      }
    }
  }
}
