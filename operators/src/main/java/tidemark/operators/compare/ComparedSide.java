package tidemark.operators.compare;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.FileIO;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.fold.FoldRounds;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.RollupFold;
import tidemark.serde.fold.RollupMerge;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupFileReader;
import tidemark.serde.table.RollupsTable;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * The rows of one side of a task in order, folded, without those that are not covered. At most 32
 * files are open; more are folded first, into files that the task removes. Not thread-safe.
 */
final class ComparedSide implements Closeable {
  private final CompareTask task;
  private final CoveredRows covered;
  private final MetricNames names;
  private final RollupMerge rows;
  private final BitSet asked = new BitSet(); // by number of the name: whether it is known
  private final BitSet takes = new BitSet();
  private PartialRow row; // null at the end

  ComparedSide(
      CompareTask task,
      List<ComparedFile> files,
      CoveredRows covered,
      MetricNames names,
      NewFiles made,
      long memoryBytes)
      throws IOException {
    this.task = task;
    this.covered = covered;
    this.names = names;
    this.rows = new RollupMerge(names);
    List<DataFile> all =
        TableFiles.ofJson(files.stream().map(ComparedFile::json).toList(), RollupsTable.SPEC);
    FileIO io = made.io();
    for (DataFile file :
        FoldRounds.reduce(
            new RollupFold(task.tierSeconds(), task.epochDay()), all, memoryBytes, made)) {
      rows.add(
          new RollupFileReader(io.newInputFile(file.location(), file.fileSizeInBytes()), names));
    }
    advance();
  }

  /** The row that it stands at, valid until the next; null at the end. */
  PartialRow row() {
    return row;
  }

  void advance() throws IOException {
    row = null;
    while (rows.hasNext()) {
      PartialRow next = rows.nextFolded();
      if (isCovered(next)) {
        row = next;
        return;
      }
    }
  }

  private boolean isCovered(PartialRow next) {
    return next.windowStartMs >= task.fromMs()
        && next.windowStartMs < task.toMs()
        && covered.coversWindow(task.tierSeconds(), next.windowStartMs)
        && takesName(next.name);
  }

  private boolean takesName(int number) {
    if (!asked.get(number)) {
      MetricNames.Name name = names.name(number);
      asked.set(number);
      takes.set(
          number,
          covered.coversSeries(
              task.tierSeconds(),
              new String(name.org(), StandardCharsets.UTF_8),
              new String(name.metric(), StandardCharsets.UTF_8)));
    }
    return takes.get(number);
  }

  /** In the order of the table; an end comes last. */
  int compareTo(ComparedSide other) {
    if (row == null || other.row == null) {
      return row == other.row ? 0 : row == null ? 1 : -1;
    }
    return rows.compare(row, other.row);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
