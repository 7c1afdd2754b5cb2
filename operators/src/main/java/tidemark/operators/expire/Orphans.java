package tidemark.operators.expire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.fs.Path;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ReachableFileUtil;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Removes files that belong to nothing: what aborted attempts have written and nobody will commit.
 *
 * <p>The order of looking decides: first the files, then the state, then the table. A file of the
 * store moves from a writer into the state of a checkpoint and from there into the table. Seen in
 * this order, one that moves meanwhile is found at its next place; the other way round it could be
 * in the state when the table is read, and in the table when the state is read. What is still with
 * a writer, or is a result of compaction, is in neither, and is young: the least age must exceed
 * the time from a file's last byte to its checkpoint.
 *
 * <p>Memory: the locations of all old files and of all files of all snapshots, about 200 bytes
 * each.
 */
final class Orphans {
  private static final List<String> FOLDERS = List.of("data", "metadata");

  private final Table table;
  private final List<String> oldFiles = new ArrayList<>();

  /**
   * Lists the table's files; must happen before the state is read.
   *
   * @param writtenBeforeMs files of this time or later are never orphans
   */
  Orphans(Table table, long writtenBeforeMs) {
    this.table = table;
    SupportsPrefixOperations io = (SupportsPrefixOperations) table.io();
    for (String folder : FOLDERS) {
      for (FileInfo file : io.listPrefix(table.location() + "/" + folder)) {
        if (file.createdAtMillis() < writtenBeforeMs) {
          oldFiles.add(file.location());
        }
      }
    }
  }

  /**
   * Removes the orphans among the files that were listed, and returns them.
   *
   * @param waiting names of data files in checkpoints and savepoints, read after the listing
   */
  List<String> remove(Set<String> waiting) throws IOException {
    if (oldFiles.isEmpty()) {
      return List.of();
    }
    Set<String> reachable = reachable();
    List<String> orphans = new ArrayList<>();
    for (String location : oldFiles) {
      if (!reachable.contains(uniform(location))
          && !waiting.contains(StateFiles.nameOf(location))) {
        orphans.add(location);
      }
    }
    orphans.forEach(table.io()::deleteFile);
    return orphans;
  }

  private Set<String> reachable() throws IOException {
    table.refresh();
    Set<String> found = new HashSet<>();
    Set<String> manifests = new HashSet<>();
    ReachableFileUtil.metadataFileLocations(table, false).forEach(at -> found.add(uniform(at)));
    ReachableFileUtil.statisticsFilesLocations(table).forEach(at -> found.add(uniform(at)));
    for (Snapshot snapshot : table.snapshots()) {
      found.add(uniform(snapshot.manifestListLocation()));
      for (ManifestFile manifest : snapshot.allManifests(table.io())) {
        if (manifests.add(manifest.path())) {
          found.add(uniform(manifest.path()));
          addFiles(manifest, found);
        }
      }
    }
    return found;
  }

  private void addFiles(ManifestFile manifest, Set<String> found) throws IOException {
    try (CloseableIterable<String> locations =
        ManifestFiles.readPaths(manifest, table.io(), table.specs())) {
      locations.forEach(location -> found.add(uniform(location)));
    }
  }

  /** file:/a and file:///a are one place. */
  private static String uniform(String location) {
    return new Path(location).toString();
  }
}
