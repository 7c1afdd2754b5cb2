package tidemark.operators.compact;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.fold.Fold;
import tidemark.serde.fold.FoldRounds;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.RollupFold;
import tidemark.serde.fold.SeriesFold;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupsTable;

/**
 * Folds the files of one task after the other. Blocks its thread meanwhile: a worker does nothing
 * else, and the tasks behind it wait or go to other workers.
 *
 * <p>A task that fails five times gives an empty result, so that whoever waits for all results of a
 * plan does not wait for ever; what the attempts have written is removed.
 *
 * <p>Metrics, group {@code tidemark.compact}: {@code filesRead}, {@code bytesRead}, {@code
 * rowsRead}, {@code filesWritten}, {@code bytesWritten}, {@code rowsWritten}, {@code foldFailures}.
 */
public final class CompactFunction extends ProcessFunction<CompactTask, CompactResult> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompactFunction.class);

  private final CompactConfig config;
  private final CatalogAddress address;

  private transient FileIO io;

  private transient Counter filesRead;
  private transient Counter bytesRead;
  private transient Counter rowsRead;
  private transient Counter filesWritten;
  private transient Counter bytesWritten;
  private transient Counter rowsWritten;
  private transient Counter foldFailures;

  public CompactFunction(CompactConfig config, CatalogAddress address) {
    this.config = config;
    this.address = address;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    io = new FlinkFileIO();
    MetricGroup group =
        getRuntimeContext().getMetricGroup().addGroup("tidemark").addGroup("compact");
    filesRead = group.counter("filesRead");
    bytesRead = group.counter("bytesRead");
    rowsRead = group.counter("rowsRead");
    filesWritten = group.counter("filesWritten");
    bytesWritten = group.counter("bytesWritten");
    rowsWritten = group.counter("rowsWritten");
    foldFailures = group.counter("foldFailures");
  }

  @Override
  public void processElement(CompactTask task, Context context, Collector<CompactResult> out)
      throws IOException {
    List<DataFile> files = TableFiles.ofJson(task.files(), task.spec());
    List<DataFile> folded;
    try {
      folded = TableTrouble.retry(() -> fold(task, files));
    } catch (TableTrouble e) {
      foldFailures.inc();
      LOG.warn(
          "{} files of tier {} and day {} could not be folded and stay as they are",
          files.size(),
          task.tierSeconds(),
          task.epochDay(),
          e);
      out.collect(CompactResult.failed(task));
      return;
    }
    long rowsBefore = count(files, filesRead, bytesRead, rowsRead);
    long rowsAfter = count(folded, filesWritten, bytesWritten, rowsWritten);
    out.collect(
        new CompactResult(task, TableFiles.toJson(folded, task.spec()), rowsBefore, rowsAfter));
  }

  private List<DataFile> fold(CompactTask task, List<DataFile> files) throws IOException {
    Fold fold =
        task.isOfSeries() ? new SeriesFold() : new RollupFold(task.tierSeconds(), task.epochDay());
    NewFiles made = new NewFiles(io, folder(task), "compact");
    List<DataFile> folded = List.of();
    try {
      folded = FoldRounds.fold(fold, files, config.targetBytes(), config.memoryBytes(), made);
      return folded;
    } finally {
      made.removeBut(folded);
    }
  }

  private String folder(CompactTask task) {
    String tables = address.warehouse() + "/" + RollupsTable.NAMESPACE;
    return task.isOfSeries()
        ? tables + "/series/data"
        : tables + "/rollups/data/" + RollupFold.partitionPath(task.tierSeconds(), task.epochDay());
  }

  private static long count(List<DataFile> files, Counter number, Counter bytes, Counter rows) {
    long sum = 0;
    for (DataFile file : files) {
      number.inc();
      bytes.inc(file.fileSizeInBytes());
      rows.inc(file.recordCount());
      sum += file.recordCount();
    }
    return sum;
  }

  @Override
  public void close() {
    if (io != null) {
      io.close();
    }
  }
}
