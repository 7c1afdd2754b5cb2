package tidemark.operators.publish;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.JsonUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.fold.TableFiles;
import tidemark.serde.table.RollupsTable;

/**
 * Gathers what the tasks have written, and commits when all is there: the series first, then the
 * rows. One instance, no state: when main has changed, or anything is unknown, the job restarts and
 * plans again.
 *
 * <p>Memory: the descriptions of all files that go and come, some 2 kB each.
 */
public final class PublishCommitFunction extends ProcessFunction<String, String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PublishCommitFunction.class);

  private final PublishConfig config;
  private final CatalogAddress address;

  private transient PublishPlan plan; // null until it came
  private transient List<PublishResult> results;

  public PublishCommitFunction(PublishConfig config, CatalogAddress address) {
    this.config = config;
    this.address = address;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    results = new ArrayList<>();
  }

  @Override
  public void processElement(String text, Context context, Collector<String> out)
      throws IOException, TableTrouble {
    PublishMessage message = PublishMessage.ofJson(text);
    if (message.plan() != null) {
      plan = message.plan();
    } else {
      results.add(message.result());
    }
    boolean isDry = config.action() == PublishConfig.Action.DRY_RUN;
    if (plan != null && (isDry || results.size() == plan.tasks().size())) {
      ObjectNode report = TableTrouble.once(this::finish);
      LOG.info("Published: {}", report);
      out.collect(report.toString());
    }
  }

  private ObjectNode finish() throws IOException {
    try (TableCatalog catalog = new TableCatalog(address)) {
      Table rollups = catalog.rollups();
      PublishResult all = all(plan.whole(), results);
      long series = 0;
      long snapshotId = plan.head();
      if (config.action() != PublishConfig.Action.DRY_RUN && !plan.isDone()) {
        if (config.action() == PublishConfig.Action.PUBLISH) {
          series = new SeriesAddition(catalog.series(), config.branch()).append();
        }
        Optional<Snapshot> snapshot =
            new PublishCommitter(rollups, config).commit(plan, all, UUID.randomUUID().toString());
        if (snapshot.isEmpty()) {
          discard(rollups, all);
          throw new IllegalStateException(
              "main has changed since branch %s was planned: planning again"
                  .formatted(config.branch()));
        }
        snapshotId = snapshot.get().snapshotId();
      }
      ObjectNode report = report(all, snapshotId, series);
      try (OutputStream target = rollups.io().newOutputFile(config.report()).createOrOverwrite()) {
        target.write(report.toPrettyString().getBytes(StandardCharsets.UTF_8));
      }
      return report;
    }
  }

  static PublishResult all(PublishResult whole, List<PublishResult> results) {
    List<String> removed = new ArrayList<>(whole.removed());
    List<String> added = new ArrayList<>(whole.added());
    List<String> written = new ArrayList<>();
    long rowsRemoved = whole.rowsRemoved();
    long rowsAdded = whole.rowsAdded();
    for (PublishResult result : results) {
      removed.addAll(result.removed());
      added.addAll(result.added());
      written.addAll(result.written());
      rowsRemoved += result.rowsRemoved();
      rowsAdded += result.rowsAdded();
    }
    return new PublishResult(removed, added, written, rowsRemoved, rowsAdded);
  }

  private static void discard(Table rollups, PublishResult all) throws IOException {
    for (DataFile file : TableFiles.ofJson(all.written(), RollupsTable.SPEC)) {
      rollups.io().deleteFile(file.location());
    }
  }

  private ObjectNode report(PublishResult all, long snapshotId, long series) throws IOException {
    CoveredRows covered = CoveredRows.ofJson(plan.covered());
    ObjectNode json = JsonUtil.mapper().createObjectNode();
    json.put("action", config.action().name().toLowerCase(Locale.ROOT));
    json.put("branch", config.branch());
    json.put("snapshot", snapshotId);
    json.put("source_snapshot", plan.source());
    json.put("base", plan.base());
    json.put("gate", plan.gate());
    json.put("from_ms", covered.fromMs());
    json.put("to_ms", covered.toMs());
    json.put("files_removed", all.removed().size());
    json.put("files_added", all.added().size());
    json.put("files_of_both", plan.tasks().size());
    json.put("rows_removed", all.rowsRemoved());
    json.put("rows_added", all.rowsAdded());
    json.put("series_added", series);
    return json;
  }
}
