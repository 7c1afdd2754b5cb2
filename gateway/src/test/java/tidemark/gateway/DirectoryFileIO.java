package tidemark.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/** Keeps locations that start with {@code prefix} as files below a directory. */
final class DirectoryFileIO implements FileIO {
  private static final long serialVersionUID = 1L;

  private final String prefix;
  private final String directory;

  DirectoryFileIO(String prefix, Path directory) {
    this.prefix = prefix;
    this.directory = directory.toString();
  }

  private Path path(String location) {
    return Path.of(directory, location.substring(prefix.length()));
  }

  @Override
  public InputFile newInputFile(String location) {
    return new LocatedInput(location, Files.localInput(path(location).toFile()));
  }

  @Override
  public OutputFile newOutputFile(String location) {
    return new LocatedOutput(location, Files.localOutput(path(location).toFile()));
  }

  @Override
  public void deleteFile(String location) {
    try {
      java.nio.file.Files.delete(path(location));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A local file under the location that the table knows it by. */
  private record LocatedOutput(String location, OutputFile file) implements OutputFile {
    @Override
    public PositionOutputStream create() {
      return file.create();
    }

    @Override
    public PositionOutputStream createOrOverwrite() {
      return file.createOrOverwrite();
    }

    @Override
    public InputFile toInputFile() {
      return new LocatedInput(location, file.toInputFile());
    }
  }

  /** Its location must be the one that the catalog stores, or no commit finds its base again. */
  private record LocatedInput(String location, InputFile file) implements InputFile {
    @Override
    public long getLength() {
      return file.getLength();
    }

    @Override
    public SeekableInputStream newStream() {
      return file.newStream();
    }

    @Override
    public boolean exists() {
      return file.exists();
    }
  }
}
