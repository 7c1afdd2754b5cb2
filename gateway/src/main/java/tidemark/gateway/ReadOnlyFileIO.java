package tidemark.gateway;

import java.nio.file.Path;
import java.util.Locale;
import org.apache.iceberg.Files;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.inmemory.InMemoryInputFile;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * How the catalog reads metadata and manifests. Manifests of S3 tables go through the file cache;
 * table metadata and manifest lists (new objects at each commit, read once) do not. Writes and
 * deletes nothing.
 */
final class ReadOnlyFileIO implements FileIO {
  private static final long serialVersionUID = 1L;

  private final transient FileAccess files;

  ReadOnlyFileIO(FileAccess files) {
    this.files = files;
  }

  @Override
  public InputFile newInputFile(String location) {
    return FileAccess.isLocal(location)
        ? local(location, FileAccess.localPath(location))
        : new InMemoryInputFile(location, readOnce(location));
  }

  private static InputFile local(String location, Path path) {
    return new LocalFile(location, Files.localInput(path.toFile()));
  }

  /** Under the location that the table knows it by: Iceberg tells formats by how that ends. */
  private record LocalFile(String location, InputFile file) implements InputFile {
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

  /** Iceberg would retry all but this exception for minutes; the source has retried already. */
  private byte[] readOnce(String location) {
    try {
      return files.readRemote(location);
    } catch (GatewayException e) {
      throw new NotFoundException(e, "%s", e.getMessage());
    }
  }

  @Override
  public InputFile newInputFile(String location, long sizeBytes) {
    return location.toLowerCase(Locale.ROOT).endsWith(".avro")
        ? local(location, files.fetch(location, sizeBytes))
        : newInputFile(location);
  }

  @Override
  public OutputFile newOutputFile(String location) {
    throw new UnsupportedOperationException("the gateway only reads, got a write of " + location);
  }

  @Override
  public void deleteFile(String location) {
    throw new UnsupportedOperationException("the gateway only reads, got a delete of " + location);
  }
}
