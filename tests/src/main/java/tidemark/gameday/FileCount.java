package tidemark.gameday;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many files a table has, and how few could hold the same.
 *
 * @param ideal files of the target size, but one at least in each tier and day
 */
record FileCount(int files, int ideal) {

  private record Partition(int tier, int day) {}

  static FileCount of(List<StoredTables.StoredFile> files, long targetBytes) {
    Map<Partition, Long> bytes = new HashMap<>();
    for (StoredTables.StoredFile file : files) {
      bytes.merge(new Partition(file.tier(), file.day()), file.bytes(), Long::sum);
    }
    int ideal = 0;
    for (long size : bytes.values()) {
      ideal += (int) Math.max(1, (size + targetBytes - 1) / targetBytes);
    }
    return new FileCount(files.size(), ideal);
  }

  boolean isAtMost(double timesIdeal) {
    return files > 0 && files <= timesIdeal * ideal;
  }

  String text() {
    return "%d files, ideal %d".formatted(files, ideal);
  }
}
