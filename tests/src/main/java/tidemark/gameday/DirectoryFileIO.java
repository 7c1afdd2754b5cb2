package tidemark.gameday;

import java.nio.file.Path;
import java.util.Map;
import org.apache.iceberg.Files;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;

/**
 * Reads {@code s3://bucket/key} from the directory that the local object store keeps its objects
 * in: whatever is wrong with the store's answers, this sees what it has stored. Writes nothing.
 */
public final class DirectoryFileIO implements FileIO {
  /** Property that names the directory. */
  static final String DIRECTORY = "gameday.directory";

  private static final long serialVersionUID = 1L;
  private static final String SCHEME = "s3://";

  private transient Path directory;

  /** For the catalog, which makes it by its name and then initializes it. */
  public DirectoryFileIO() {}

  @Override
  public void initialize(Map<String, String> properties) {
    directory = Path.of(properties.get(DIRECTORY));
  }

  @Override
  public InputFile newInputFile(String location) {
    if (!location.startsWith(SCHEME)) {
      throw new IllegalArgumentException("location must start with s3://, got " + location);
    }
    return Files.localInput(directory.resolve(location.substring(SCHEME.length())).toFile());
  }

  @Override
  public OutputFile newOutputFile(String location) {
    throw new UnsupportedOperationException("a judge writes nothing: " + location);
  }

  @Override
  public void deleteFile(String location) {
    throw new UnsupportedOperationException("a judge deletes nothing: " + location);
  }
}
