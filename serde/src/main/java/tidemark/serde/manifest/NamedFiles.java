package tidemark.serde.manifest;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/**
 * Which files of the archive any snapshot of its table knows, by the last part of their location,
 * which is unique. A snapshot that a tag or a branch keeps counts as well as the newest one, so a
 * file that a replay still reads is needed even if it has expired since.
 *
 * <p>Memory: about 100 bytes for each name.
 *
 * @param needed some snapshot reads them
 * @param expired retention has dropped them, and no snapshot reads them
 */
public record NamedFiles(Set<String> needed, Set<String> expired) {

  public NamedFiles {
    needed = Set.copyOf(needed);
    expired = Set.copyOf(expired);
  }

  /** Reads all rows of all snapshots, each file of the table once. */
  public static NamedFiles of(Table table) throws IOException {
    table.refresh();
    Set<String> needed = new HashSet<>();
    Set<String> expired = new HashSet<>();
    Set<String> manifests = new HashSet<>();
    Set<String> read = new HashSet<>();
    for (Snapshot snapshot : table.snapshots()) {
      for (ManifestFile manifest : snapshot.dataManifests(table.io())) {
        if (manifests.add(manifest.path())) {
          try (CloseableIterable<String> locations =
              ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
            for (String location : locations) {
              if (read.add(location)) {
                sort(table, location, needed, expired);
              }
            }
          }
        }
      }
    }
    expired.removeAll(needed);
    return new NamedFiles(needed, expired);
  }

  private static void sort(Table table, String location, Set<String> needed, Set<String> expired)
      throws IOException {
    for (ArchivedRange row : ManifestRows.read(table.io().newInputFile(location))) {
      switch (row.kind()) {
        case RECORDS -> needed.add(nameOf(row.file()));
        case EXPIRED -> expired.add(nameOf(row.file()));
        case GAP -> {}
      }
    }
  }

  /** The last part of a location. */
  public static String nameOf(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }
}
