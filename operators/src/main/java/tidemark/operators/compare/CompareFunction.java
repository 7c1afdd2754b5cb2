package tidemark.operators.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.io.FileIO;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.fold.NewFiles;

/**
 * Compares the rows of one task after the other. Blocks its thread meanwhile. What is folded on the
 * way lies in a temporary folder of this machine, at most as large as the task's files.
 *
 * <p>Metrics, group {@code tidemark.compare}: {@code tasksDone}, {@code rowsEqual}, {@code
 * rowsDiffering}.
 */
public final class CompareFunction extends ProcessFunction<String, String> {
  private static final long serialVersionUID = 1L;

  private final CompareConfig config;

  private transient FileIO io;

  private transient Counter tasksDone;
  private transient Counter rowsEqual;
  private transient Counter rowsDiffering;

  public CompareFunction(CompareConfig config) {
    this.config = config;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    io = new FlinkFileIO();
    MetricGroup group =
        getRuntimeContext().getMetricGroup().addGroup("tidemark").addGroup("compare");
    tasksDone = group.counter("tasksDone");
    rowsEqual = group.counter("rowsEqual");
    rowsDiffering = group.counter("rowsDiffering");
  }

  @Override
  public void processElement(String text, Context context, Collector<String> out)
      throws IOException, TableTrouble {
    CompareMessage message = CompareMessage.ofJson(text);
    if (message.task() == null) {
      out.collect(text); // the plan
      return;
    }
    CoveredRows covered = CoveredRows.ofJson(message.covered());
    CompareResult result = TableTrouble.retry(() -> compare(message.task(), covered));
    tasksDone.inc();
    rowsEqual.inc(result.count(CompareResult.EQUAL));
    rowsDiffering.inc(
        result.count(RowDifference.MISSING)
            + result.count(RowDifference.EXTRA)
            + result.count(RowDifference.DIFFERENT));
    out.collect(CompareMessage.of(result).toJson());
  }

  private CompareResult compare(CompareTask task, CoveredRows covered) throws IOException {
    Path folder = Files.createTempDirectory("tidemark-compare");
    NewFiles made = new NewFiles(io, "file://" + folder.toAbsolutePath(), "compare");
    try {
      return new RowComparison(task, covered, made, config.memoryBytes()).compare();
    } finally {
      made.removeBut(List.of());
      Files.deleteIfExists(folder);
    }
  }

  @Override
  public void close() {
    if (io != null) {
      io.close();
    }
  }
}
