package tidemark.serde.table;

import java.io.Closeable;
import java.io.IOException;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/**
 * One file of the rollups table that takes its rows chunk after chunk, each of which becomes row
 * groups of its own: what is in memory is one chunk, whatever the file's size. A chunk is written
 * at once, or in steps, of which one sorts it or encodes some columns. Not thread-safe.
 */
public final class RollupOutput implements Closeable {
  private final RollupFileWriter writer;
  private final String partitionPath;
  private final OutputFile file;
  private boolean isClosed;

  RollupOutput(RollupFileWriter writer, String partitionPath, OutputFile file) {
    this.writer = writer;
    this.partitionPath = partitionPath;
    this.file = file;
  }

  /** Adds rows, none of which may come before a row of an earlier chunk in the table's order. */
  public void append(RollupRows chunk) throws IOException {
    writer.append(chunk);
  }

  /** Begins a chunk that {@link #step} writes; it must not change until the last step. */
  public void begin(RollupRows chunk) {
    writer.begin(chunk);
  }

  /** Writes some of the chunk that was begun; returns whether there is more. */
  public boolean step() throws IOException {
    return writer.step();
  }

  /** Bytes of the file so far. */
  public long length() throws IOException {
    return writer.length();
  }

  public String location() {
    return file.location();
  }

  /** Completes the file and describes it for Iceberg. */
  public DataFile finish() throws IOException {
    ParquetMetadata footer = writer.finish();
    close();
    return TableFileWriter.describe(footer, RollupsTable.SPEC, file)
        .withPartitionPath(partitionPath)
        .build();
  }

  /** Without {@link #finish} before it, what is left is no Parquet file. */
  @Override
  public void close() throws IOException {
    if (!isClosed) {
      isClosed = true;
      writer.close();
    }
  }
}
