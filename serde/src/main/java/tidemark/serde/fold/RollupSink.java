package tidemark.serde.fold;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.OutputFile;
import tidemark.serde.table.RollupBuffers;
import tidemark.serde.table.RollupOutput;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * Sorted rows of one tier and UTC day become chunks, chunks files.
 *
 * <p>Memory: one chunk of at most 262,144 rows or 64 MB, twice while it is written. Not
 * thread-safe.
 */
public final class RollupSink implements Closeable {
  private static final int MAX_CHUNK_ROWS = 1 << 18;
  private static final int MIN_CHUNK_ROWS = 1 << 10;
  private static final long CHUNK_BYTES = 64L << 20;

  private final int tierSeconds;
  private final String partitionPath;
  private final MetricNames names;
  private final long targetBytes;
  private final int chunkRows;
  private final NewFiles folder;
  private final List<DataFile> written = new ArrayList<>();
  private final RollupBuffers buffers = new RollupBuffers();
  private RollupRows chunk;
  private RollupOutput output; // null between two files

  public RollupSink(
      MetricNames names, int tierSeconds, String partitionPath, long targetBytes, NewFiles folder) {
    this.names = names;
    this.tierSeconds = tierSeconds;
    this.partitionPath = partitionPath;
    this.targetBytes = targetBytes;
    // a row takes 8 to 14 bytes: about eight chunks a file, so that files end near their target
    this.chunkRows = (int) Math.max(MIN_CHUNK_ROWS, Math.min(MAX_CHUNK_ROWS, targetBytes / 64));
    this.folder = folder;
    this.chunk = new RollupRows(names, buffers);
  }

  /** Adds a row, which must not come before an earlier one in the order of the table. */
  public void add(PartialRow row) throws IOException {
    chunk.add(row);
    if (chunk.size() >= chunkRows || chunk.memoryBytes() >= CHUNK_BYTES) {
      writeChunk();
    }
  }

  private void writeChunk() throws IOException {
    if (output == null) {
      OutputFile file = folder.next();
      output = TableFileWriter.openFolded(tierSeconds, partitionPath, file);
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

  /** Completes the last file; none is made of no rows. */
  public List<DataFile> finish() throws IOException {
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
