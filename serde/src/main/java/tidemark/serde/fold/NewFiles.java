package tidemark.serde.fold;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFile;

/**
 * The files that one fold makes in one folder of a table. No two makers ever choose the same name,
 * so whatever is removed by {@link #removeBut} was made here. Not thread-safe.
 */
public final class NewFiles {
  private final FileIO io;
  private final String folder;
  private final String maker;
  private final List<String> locations = new ArrayList<>();

  /**
   * @param folder without a slash at its end
   * @param maker first word of the names
   */
  public NewFiles(FileIO io, String folder, String maker) {
    this.io = io;
    this.folder = folder;
    this.maker = maker;
  }

  public FileIO io() {
    return io;
  }

  /** A file that is not there yet. */
  public OutputFile next() {
    String location = "%s/%s-%s.parquet".formatted(folder, maker, UUID.randomUUID());
    locations.add(location);
    return io.newOutputFile(location);
  }

  /** Removes everything made here but these; best called with nothing after a failure. */
  public void removeBut(Collection<DataFile> kept) {
    List<String> keptLocations = kept.stream().map(DataFile::location).toList();
    for (String location : locations) {
      if (!keptLocations.contains(location)) {
        io.deleteFile(location);
      }
    }
    locations.retainAll(keptLocations);
  }
}
