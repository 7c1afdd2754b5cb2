package tidemark.serde.fold;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.iceberg.DataFile;

/**
 * Folds any number of files in bounded memory and with a bounded number of files open: as long as
 * all of them together would exceed either, the smallest ones are folded into one first.
 *
 * <p>An open file is reckoned at its largest row group as it lies on disk, 100 bytes for each row
 * of two pages, and 200 kB. Two files are always opened, whatever they need.
 */
public final class FoldRounds {
  /**
   * Files that are open at once. Each holds a connection to the object store, and all tasks of a
   * TaskManager share one pool of them: a fold of 124 files once left none to the main job's
   * writer, which waited for two minutes.
   */
  public static final int MAX_OPEN_FILES = 32;

  private static final long FIXED_BYTES = 200 << 10;
  private static final long PAGE_ROWS = 40_000;
  private static final long ROW_BYTES = 100;

  private FoldRounds() {}

  public static List<DataFile> fold(
      Fold fold, List<DataFile> files, long targetBytes, long memoryBytes, NewFiles folder)
      throws IOException {
    List<DataFile> left = reduce(fold, files, memoryBytes, folder);
    List<DataFile> folded = fold.fold(left, targetBytes, folder);
    folder.removeBut(folded); // what earlier rounds have made
    return folded;
  }

  /**
   * Folds the smallest files as often as it takes until all may be open at once.
   *
   * @return files of the table, and files that were made for now, which the caller removes
   */
  public static List<DataFile> reduce(
      Fold fold, List<DataFile> files, long memoryBytes, NewFiles folder) throws IOException {
    List<DataFile> left = new ArrayList<>(files);
    while (true) {
      left.sort(Comparator.comparingLong(FoldRounds::openBytes));
      int fitting = fitting(left, memoryBytes);
      if (fitting == left.size()) {
        return left;
      }
      List<DataFile> round = left.subList(0, fitting);
      List<DataFile> one = fold.fold(round, Long.MAX_VALUE, folder);
      round.clear();
      left.addAll(one);
    }
  }

  /** How many of these files may be open at once, from the first. */
  private static int fitting(List<DataFile> ascending, long memoryBytes) {
    int count = 0;
    long bytes = 0;
    while (count < Math.min(MAX_OPEN_FILES, ascending.size())) {
      bytes += openBytes(ascending.get(count));
      if (bytes > memoryBytes && count >= 2) {
        return count;
      }
      count++;
    }
    return count;
  }

  public static long openBytes(DataFile file) {
    return FIXED_BYTES
        + Math.min(PAGE_ROWS, file.recordCount()) * ROW_BYTES
        + largestRowGroup(file);
  }

  private static long largestRowGroup(DataFile file) {
    List<Long> starts = file.splitOffsets();
    if (starts == null || starts.isEmpty()) {
      return file.fileSizeInBytes();
    }
    long largest = 0;
    for (int i = 0; i < starts.size(); i++) {
      long end = i + 1 < starts.size() ? starts.get(i + 1) : file.fileSizeInBytes();
      largest = Math.max(largest, end - starts.get(i));
    }
    return largest;
  }
}
