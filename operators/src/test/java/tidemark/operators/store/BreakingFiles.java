package tidemark.operators.store;

import java.io.IOException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import tidemark.serde.catalog.FlinkFileIO;

/** Real files, the first of which takes so many bytes and no more. */
final class BreakingFiles implements FileIO {
  private static final long serialVersionUID = 1L;

  private final FlinkFileIO files = new FlinkFileIO();
  private final int bytes;
  private int created;

  BreakingFiles(int bytes) {
    this.bytes = bytes;
  }

  /** How many were begun. */
  int created() {
    return created;
  }

  @Override
  public InputFile newInputFile(String path) {
    return files.newInputFile(path);
  }

  @Override
  public OutputFile newOutputFile(String path) {
    created++;
    OutputFile file = files.newOutputFile(path);
    return created == 1 ? new Broken(file, bytes) : file;
  }

  @Override
  public void deleteFile(String path) {
    files.deleteFile(path);
  }

  @Override
  public void close() {
    files.close();
  }

  private record Broken(OutputFile file, int bytes) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      return new BrokenStream(file.create(), bytes);
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return new BrokenStream(file.createOrOverwrite(), bytes);
    }

    @Override
    public String location() {
      return file.location();
    }

    @Override
    public InputFile toInputFile() {
      return file.toInputFile();
    }
  }

  private static final class BrokenStream extends PositionOutputStream {
    private final PositionOutputStream stream;
    private final int bytes;

    BrokenStream(PositionOutputStream stream, int bytes) {
      this.stream = stream;
      this.bytes = bytes;
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }

    @Override
    public void write(int oneByte) throws IOException {
      requireRoom(1);
      stream.write(oneByte);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      requireRoom(length);
      stream.write(from, offset, length);
    }

    private void requireRoom(int length) throws IOException {
      if (stream.getPos() + length > bytes) {
        throw new IOException("the disk is full");
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
