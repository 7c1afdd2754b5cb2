package tidemark.operators.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.FileIO;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupFileReader;
import tidemark.serde.table.RollupsTable;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * Keys of rows that differ, for looking up which files hold them: a second reading, one file at a
 * time, that costs nothing where nothing differs. Holds at most {@value #MAX_KEYS} keys, some 100
 * bytes each; what is beyond is only counted. Not thread-safe.
 */
final class DifferingKeys {
  static final int MAX_KEYS = 200_000;

  private record Key(int name, long seriesId, long windowStartMs) {}

  private final MetricNames names;
  private final Map<Key, Integer> samples = new HashMap<>(); // NO_SAMPLE, or its place
  private long untold;

  private static final int NO_SAMPLE = -1;

  DifferingKeys(MetricNames names) {
    this.names = names;
  }

  /**
   * @param sample place among the samples; negative if it is none
   */
  void add(PartialRow row, int sample) {
    if (samples.size() < MAX_KEYS) {
      samples.put(new Key(row.name, row.seriesId, row.windowStartMs), Math.max(sample, NO_SAMPLE));
    } else {
      untold++;
    }
  }

  long untold() {
    return untold;
  }

  boolean isEmpty() {
    return samples.isEmpty();
  }

  /**
   * Reads the files of one side.
   *
   * @param bySample takes the commits of each sample
   * @return how many of the keys each commit holds
   */
  SortedMap<Long, Long> find(List<ComparedFile> files, FileIO io, Map<Integer, List<Long>> bySample)
      throws IOException {
    SortedMap<Long, Long> found = new TreeMap<>();
    PartialRow row = new PartialRow();
    for (ComparedFile compared : files) {
      DataFile file = TableFiles.ofJson(List.of(compared.json()), RollupsTable.SPEC).get(0);
      try (RollupFileReader reader =
          new RollupFileReader(io.newInputFile(file.location(), file.fileSizeInBytes()), names)) {
        while (reader.next(row)) {
          Integer sample = samples.get(new Key(row.name, row.seriesId, row.windowStartMs));
          if (sample == null) {
            continue;
          }
          found.merge(compared.sequence(), 1L, Long::sum);
          if (sample > NO_SAMPLE) {
            List<Long> commits = bySample.computeIfAbsent(sample, key -> new ArrayList<>());
            if (!commits.contains(compared.sequence())) {
              commits.add(compared.sequence());
            }
          }
        }
      }
    }
    return found;
  }
}
