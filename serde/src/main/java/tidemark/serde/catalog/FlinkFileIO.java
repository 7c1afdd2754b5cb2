package tidemark.serde.catalog;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsBulkOperations;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Iceberg's files through Flink's file systems, so that the plugins and credentials which serve
 * checkpoints serve the tables too. Public and with a constructor of no arguments because Iceberg
 * makes it by name.
 */
public final class FlinkFileIO implements FileIO, SupportsBulkOperations, SupportsPrefixOperations {
  private static final long serialVersionUID = 1L;
  private static final long UNKNOWN_LENGTH = -1L;

  private Map<String, String> properties = Map.of();

  @Override
  public void initialize(Map<String, String> newProperties) {
    properties = Map.copyOf(newProperties);
  }

  @Override
  public Map<String, String> properties() {
    return properties;
  }

  @Override
  public InputFile newInputFile(String location) {
    return new FlinkInputFile(location, UNKNOWN_LENGTH);
  }

  @Override
  public InputFile newInputFile(String location, long length) {
    return new FlinkInputFile(location, length);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new FlinkOutputFile(location);
  }

  @Override
  public void deleteFile(String location) {
    Path path = new Path(location);
    try {
      path.getFileSystem().delete(path, false);
    } catch (IOException e) {
      throw new UncheckedIOException("%s could not be deleted".formatted(location), e);
    }
  }

  @Override
  public void deleteFiles(Iterable<String> locations) {
    locations.forEach(this::deleteFile);
  }

  /**
   * Files in a folder and all folders below it; none if it does not exist. Unlike on bare S3, the
   * prefix is a whole folder name. Costs one listing for each folder.
   */
  @Override
  public Iterable<FileInfo> listPrefix(String folder) {
    List<FileInfo> files = new ArrayList<>();
    Deque<Path> folders = new ArrayDeque<>(List.of(new Path(folder)));
    while (!folders.isEmpty()) {
      Path next = folders.pop();
      for (FileStatus status : list(next)) {
        if (status.isDir()) {
          folders.push(status.getPath());
        } else {
          String location = status.getPath().toString();
          files.add(new FileInfo(location, status.getLen(), status.getModificationTime()));
        }
      }
    }
    return files;
  }

  /** What is directly in a folder; nothing if it does not exist. */
  public static FileStatus[] list(Path folder) {
    try {
      FileStatus[] found = folder.getFileSystem().listStatus(folder);
      return found == null ? new FileStatus[0] : found;
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    } catch (IOException e) {
      throw new UncheckedIOException("%s could not be listed".formatted(folder), e);
    }
  }

  @Override
  public void deletePrefix(String folder) {
    Path path = new Path(folder);
    try {
      path.getFileSystem().delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("%s could not be deleted".formatted(folder), e);
    }
  }

  private static final class FlinkInputFile implements InputFile {
    private final String location;
    private long length;

    FlinkInputFile(String location, long length) {
      this.location = location;
      this.length = length;
    }

    @Override
    public long getLength() {
      if (length == UNKNOWN_LENGTH) {
        Path path = new Path(location);
        try {
          length = path.getFileSystem().getFileStatus(path).getLen();
        } catch (FileNotFoundException e) {
          throw new NotFoundException(e, "%s does not exist", location);
        } catch (IOException e) {
          throw new UncheckedIOException("%s could not be looked at".formatted(location), e);
        }
      }
      return length;
    }

    @Override
    public SeekableInputStream newStream() {
      Path path = new Path(location);
      try {
        return new FlinkInputStream(path.getFileSystem().open(path));
      } catch (FileNotFoundException e) {
        throw new NotFoundException(e, "%s does not exist", location);
      } catch (IOException e) {
        throw new UncheckedIOException("%s could not be opened".formatted(location), e);
      }
    }

    @Override
    public String location() {
      return location;
    }

    @Override
    public boolean exists() {
      Path path = new Path(location);
      try {
        return path.getFileSystem().exists(path);
      } catch (IOException e) {
        throw new UncheckedIOException("%s could not be looked for".formatted(location), e);
      }
    }
  }

  private static final class FlinkInputStream extends SeekableInputStream {
    private final FSDataInputStream stream;

    FlinkInputStream(FSDataInputStream stream) {
      this.stream = stream;
    }

    @Override
    public long getPos() throws IOException {
      return stream.getPos();
    }

    @Override
    public void seek(long position) throws IOException {
      stream.seek(position);
    }

    @Override
    public int read() throws IOException {
      return stream.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return stream.read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  private final class FlinkOutputFile implements OutputFile {
    private final String location;

    FlinkOutputFile(String location) {
      this.location = location;
    }

    @Override
    public PositionOutputStream create() {
      return open(FileSystem.WriteMode.NO_OVERWRITE);
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return open(FileSystem.WriteMode.OVERWRITE);
    }

    private PositionOutputStream open(FileSystem.WriteMode mode) {
      Path path = new Path(location);
      try {
        return new FlinkOutputStream(path.getFileSystem().create(path, mode));
      } catch (IOException e) {
        throw new UncheckedIOException("%s could not be created".formatted(location), e);
      }
    }

    @Override
    public String location() {
      return location;
    }

    @Override
    public InputFile toInputFile() {
      return newInputFile(location);
    }
  }

  private static final class FlinkOutputStream extends PositionOutputStream {
    private static final long OPEN = -1L;

    private final FSDataOutputStream stream;
    private long closedAt = OPEN;

    FlinkOutputStream(FSDataOutputStream stream) {
      this.stream = stream;
    }

    /** Iceberg asks for the length of a file after it has closed it. */
    @Override
    public long getPos() throws IOException {
      return closedAt == OPEN ? stream.getPos() : closedAt;
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

    /** Iceberg and Parquet close twice; an S3 stream does not take that. */
    @Override
    public void close() throws IOException {
      if (closedAt == OPEN) {
        closedAt = stream.getPos();
        stream.close();
      }
    }
  }
}
