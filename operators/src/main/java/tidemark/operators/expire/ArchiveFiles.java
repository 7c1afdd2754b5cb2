package tidemark.operators.expire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.apache.iceberg.io.FileInfo;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.manifest.NamedFiles;

/**
 * Removes files of the archive that nobody will ever read: those that retention has dropped, and
 * those that no commit has named or will name, since their task died between upload and commit.
 *
 * <p>The order of looking is that of {@link Orphans}: files, state, table. Only files with names
 * that the archive job gives are looked at. If most of those that were found seem to be nobody's,
 * the table is taken to be another one than the folder's, and nothing is removed.
 *
 * <p>Names begin with four random digits, in a folder for each, and a listing is a request for each
 * folder. So one look lists at most {@value #FOLDERS_AT_ONCE} of them, chosen by the time: a large
 * archive is looked through in sixteen looks or some more. Memory: the locations of their files.
 */
final class ArchiveFiles {
  static final int FOLDERS_AT_ONCE = 4096;

  private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{4}");
  private static final Pattern NAME =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tma");
  private static final int FEW = 10;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final FlinkFileIO io = new FlinkFileIO();
  private final String folder;
  private final List<String> oldFiles = new ArrayList<>();
  private int found;

  /**
   * Lists files; must happen before the state is read.
   *
   * @param folder of the archive's files
   * @param writtenBeforeMs files of this time or later are left alone
   * @param nowMs chooses which are looked at
   */
  ArchiveFiles(String folder, long writtenBeforeMs, long nowMs) {
    this.folder = folder;
    List<Path> prefixes =
        Arrays.stream(FlinkFileIO.list(new Path(folder)))
            .filter(FileStatus::isDir)
            .map(FileStatus::getPath)
            .filter(path -> PREFIX.matcher(path.getName()).matches())
            .sorted(Comparator.comparing(Path::getName))
            .toList();
    int looks = (prefixes.size() + FOLDERS_AT_ONCE - 1) / FOLDERS_AT_ONCE;
    for (int i = look(nowMs, looks); i < prefixes.size(); i += looks) {
      String prefix = prefixes.get(i).getName();
      for (FileInfo file : io.listPrefix(prefixes.get(i).toString())) {
        String name = NamedFiles.nameOf(file.location());
        if (NAME.matcher(name).matches() && name.startsWith(prefix)) {
          found++;
          if (file.createdAtMillis() < writtenBeforeMs) {
            oldFiles.add(file.location());
          }
        }
      }
    }
  }

  private static int look(long nowMs, int looks) {
    return looks == 0 ? 0 : Math.floorMod(Long.hashCode(nowMs * MIX), looks);
  }

  /**
   * Removes those that have expired, and returns them.
   *
   * @param named read after the listing
   */
  List<String> removeExpired(NamedFiles named) {
    return remove(named.expired()::contains);
  }

  /**
   * Removes those that no commit has named, and returns them.
   *
   * @param named read after the state
   * @param waiting names of files in checkpoints and savepoints, read after the listing
   * @throws IOException if too many are nobody's to be believed
   */
  List<String> removeOrphans(NamedFiles named, Set<String> waiting) throws IOException {
    Predicate<String> isOrphan =
        name ->
            !named.needed().contains(name)
                && !named.expired().contains(name)
                && !waiting.contains(name);
    long orphans = oldFiles.stream().map(NamedFiles::nameOf).filter(isOrphan).count();
    if (orphans > FEW && 2 * orphans > found) {
      throw new IOException(
          "%d of %d files in %s are in no row of the archive's table, which seems to be another archive's; nothing is removed: name the right folder, or remove them by hand"
              .formatted(orphans, found, folder));
    }
    return remove(isOrphan);
  }

  private List<String> remove(Predicate<String> which) {
    List<String> removed =
        oldFiles.stream().filter(location -> which.test(NamedFiles.nameOf(location))).toList();
    removed.forEach(io::deleteFile);
    return removed;
  }
}
