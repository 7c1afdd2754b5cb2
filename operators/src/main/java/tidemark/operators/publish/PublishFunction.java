package tidemark.operators.publish;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.io.FileIO;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.fold.NewFiles;
import tidemark.serde.fold.RollupFold;
import tidemark.serde.table.RollupsTable;

/**
 * Writes files again of which only some rows are covered. Blocks its thread meanwhile; what a
 * failed attempt has written is removed.
 *
 * <p>Metrics, group {@code tidemark.publish}: {@code filesRewritten}, {@code rowsRemoved}, {@code
 * rowsAdded}.
 */
public final class PublishFunction extends ProcessFunction<String, String> {
  private static final long serialVersionUID = 1L;

  private final PublishConfig config;
  private final CatalogAddress address;

  private transient FileIO io;

  private transient Counter filesRewritten;
  private transient Counter rowsRemoved;
  private transient Counter rowsAdded;

  public PublishFunction(PublishConfig config, CatalogAddress address) {
    this.config = config;
    this.address = address;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    io = new FlinkFileIO();
    MetricGroup group =
        getRuntimeContext().getMetricGroup().addGroup("tidemark").addGroup("publish");
    filesRewritten = group.counter("filesRewritten");
    rowsRemoved = group.counter("rowsRemoved");
    rowsAdded = group.counter("rowsAdded");
  }

  @Override
  public void processElement(String text, Context context, Collector<String> out)
      throws IOException, TableTrouble {
    PublishMessage message = PublishMessage.ofJson(text);
    if (message.task() == null) {
      out.collect(text); // the plan
      return;
    }
    CoveredRows covered = CoveredRows.ofJson(message.covered());
    PublishResult result = TableTrouble.retry(() -> rewrite(message.task(), covered));
    filesRewritten.inc();
    rowsRemoved.inc(result.rowsRemoved());
    rowsAdded.inc(result.rowsAdded());
    out.collect(PublishMessage.of(result).toJson());
  }

  private PublishResult rewrite(PublishTask task, CoveredRows covered) throws IOException {
    String folder =
        "%s/%s/rollups/data/%s"
            .formatted(
                address.warehouse(),
                RollupsTable.NAMESPACE,
                RollupFold.partitionPath(task.tierSeconds(), task.epochDay()));
    NewFiles made = new NewFiles(io, folder, "publish");
    boolean isDone = false;
    try {
      PublishResult result = new PublishRewrite(task, covered, config.targetBytes()).rewrite(made);
      isDone = true;
      return result;
    } finally {
      if (!isDone) {
        made.removeBut(List.of());
      }
    }
  }

  @Override
  public void close() {
    if (io != null) {
      io.close();
    }
  }
}
