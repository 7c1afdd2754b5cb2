package tidemark.serde.table;

import java.io.Closeable;
import java.io.IOException;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * An Iceberg output file as parquet-java wants to see it. Closing it closes the stream, which
 * parquet-java leaves open after a failed write.
 */
final class ParquetOutput implements OutputFile, Closeable {
  private final org.apache.iceberg.io.OutputFile file;
  private Stream stream; // null until opened

  ParquetOutput(org.apache.iceberg.io.OutputFile file) {
    this.file = file;
  }

  @Override
  public PositionOutputStream create(long blockSizeHint) {
    return opened(file.create());
  }

  @Override
  public PositionOutputStream createOrOverwrite(long blockSizeHint) {
    return opened(file.createOrOverwrite());
  }

  @Override
  public boolean supportsBlockSize() {
    return false;
  }

  @Override
  public long defaultBlockSize() {
    return 0;
  }

  @Override
  public String getPath() {
    return file.location();
  }

  private Stream opened(org.apache.iceberg.io.PositionOutputStream output) {
    stream = new Stream(output);
    return stream;
  }

  @Override
  public void close() throws IOException {
    if (stream != null) {
      stream.close();
    }
  }

  private static final class Stream extends PositionOutputStream {
    private final org.apache.iceberg.io.PositionOutputStream stream;
    private boolean isClosed;

    Stream(org.apache.iceberg.io.PositionOutputStream stream) {
      this.stream = stream;
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }

    @Override
    public void write(int oneByte) throws IOException {
      stream.write(oneByte);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      stream.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      stream.flush();
    }

    @Override
    public void close() throws IOException {
      if (!isClosed) {
        isClosed = true;
        stream.close();
      }
    }
  }
}
