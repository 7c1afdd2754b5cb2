package tidemark.operators.compact;

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
final class NewFiles {
  private final FileIO io;
  private final String folder;
  private final List<String> locations = new ArrayList<>();

  /**
   * @param folder without a slash at its end
   */
  NewFiles(FileIO io, String folder) {
    this.io = io;
    this.folder = folder;
  }

  FileIO io() {
    return io;
  }

  OutputFile next() {
    String location = "%s/compact-%s.parquet".formatted(folder, UUID.randomUUID());
    locations.add(location);
    return io.newOutputFile(location);
  }

  /** Removes everything made here but these; best called with nothing after a failure. */
  void removeBut(Collection<DataFile> kept) {
    List<String> keptLocations = kept.stream().map(DataFile::location).toList();
    for (String location : locations) {
      if (!keptLocations.contains(location)) {
        io.deleteFile(location);
      }
    }
    locations.retainAll(keptLocations);
  }
}
