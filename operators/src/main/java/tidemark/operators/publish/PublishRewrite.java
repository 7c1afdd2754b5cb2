package tidemark.operators.publish;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.apache.iceberg.DataFile;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.RollupFold;
import tidemark.serde.fold.RollupSink;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupFileReader;
import tidemark.serde.table.RollupsTable;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * Copies the rows of one file that are to stay or to come. Rows pass as they are. Memory: a row
 * group that is read and a chunk that is written. Not thread-safe.
 */
final class PublishRewrite {
  private final PublishTask task;
  private final CoveredRows covered;
  private final long targetBytes;
  private final MetricNames names = new MetricNames(System.nanoTime());
  private final BitSet asked = new BitSet(); // by number of the name: whether it is known
  private final BitSet takes = new BitSet();

  PublishRewrite(PublishTask task, CoveredRows covered, long targetBytes) {
    this.task = task;
    this.covered = covered;
    this.targetBytes = targetBytes;
  }

  PublishResult rewrite(NewFiles made) throws IOException {
    DataFile file = TableFiles.ofJson(List.of(task.file()), RollupsTable.SPEC).get(0);
    long rows = 0;
    long kept = 0;
    List<DataFile> written;
    try (RollupFileReader reader =
            new RollupFileReader(
                made.io().newInputFile(file.location(), file.fileSizeInBytes()), names);
        RollupSink sink =
            new RollupSink(
                names,
                task.tierSeconds(),
                RollupFold.partitionPath(task.tierSeconds(), task.epochDay()),
                targetBytes,
                made)) {
      PartialRow row = new PartialRow();
      while (reader.next(row)) {
        rows++;
        if (isCovered(row) != task.isOfMain()) {
          kept++;
          sink.add(row);
        }
      }
      written = sink.finish();
    }
    if (kept == rows) { // as it is, then
      made.removeBut(List.of());
      return task.isOfMain()
          ? new PublishResult(List.of(), List.of(), List.of(), 0, 0)
          : new PublishResult(List.of(), List.of(task.file()), List.of(), 0, rows);
    }
    List<String> texts = TableFiles.toJson(written, RollupsTable.SPEC);
    return task.isOfMain()
        ? new PublishResult(List.of(task.file()), texts, texts, rows - kept, 0)
        : new PublishResult(List.of(), texts, texts, 0, kept);
  }

  private boolean isCovered(PartialRow row) {
    return covered.coversWindow(task.tierSeconds(), row.windowStartMs) && takesName(row.name);
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
}
