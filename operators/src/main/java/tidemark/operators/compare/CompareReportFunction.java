package tidemark.operators.compare;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.BranchHead;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplaySide;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.SeriesFileReader;

/**
 * Adds up what the tasks have found, and when all are there writes the report and, if all rows of
 * the replay were compared, the verdict into the table. One instance, no state: a restart begins
 * from the plan.
 *
 * <p>Memory: the counts and a hundred samples of each kind.
 */
public final class CompareReportFunction extends ProcessFunction<String, String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompareReportFunction.class);

  private final CompareConfig config;
  private final CatalogAddress address;

  private transient ComparePlan plan; // null until it came
  private transient CompareResult sum;
  private transient int results;

  public CompareReportFunction(CompareConfig config, CatalogAddress address) {
    this.config = config;
    this.address = address;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    sum = CompareResult.empty();
  }

  @Override
  public void processElement(String text, Context context, Collector<String> out)
      throws IOException, TableTrouble {
    CompareMessage message = CompareMessage.ofJson(text);
    if (message.plan() != null) {
      plan = message.plan();
    } else {
      sum = sum.plus(message.result());
      results++;
    }
    if (plan != null && results == plan.tasks()) {
      long nowMs = context.timerService().currentProcessingTime();
      ObjectNode verdict = TableTrouble.retry(() -> finish(nowMs));
      LOG.info("Compared: {}", verdict);
      out.collect(verdict.toString());
    }
  }

  private ObjectNode finish(long nowMs) throws IOException {
    try (TableCatalog catalog = new TableCatalog(address)) {
      Table rollups = catalog.rollups();
      CompareResult told =
          new CompareResult(
              sum.counts(),
              sum.columns(),
              sum.leftCommits(),
              sum.rightCommits(),
              sum.untold(),
              withTags(catalog.series()));
      CompareReport report = new CompareReport(plan, told, rollups);
      String full = report.full(nowMs, config.report()).toPrettyString();
      try (OutputStream target = rollups.io().newOutputFile(config.report()).createOrOverwrite()) {
        target.write(full.getBytes(StandardCharsets.UTF_8));
      }
      ObjectNode verdict = report.verdict(nowMs, config.report());
      if (plan.isWhole() && plan.isComplete()) {
        rollups
            .updateProperties()
            .set(ReplayBranch.comparisonProperty(plan.right(), plan.left()), verdict.toString())
            .commit();
      }
      return verdict;
    }
  }

  /** One pass over the series tables, and only if there is something to tell. */
  private List<RowDifference> withTags(Table series) throws IOException {
    Set<Long> wanted = new HashSet<>();
    sum.samples().forEach(row -> wanted.add(row.seriesId()));
    Map<String, List<String>> tags = new HashMap<>();
    for (String branch : List.of(plan.left(), plan.right())) {
      Optional<Snapshot> head = BranchHead.snapshot(series, branch);
      if (head.isPresent() && !wanted.isEmpty()) {
        for (DataFile file : ReplaySide.files(series, head.get().snapshotId())) {
          collectTags(series, file, wanted, tags);
        }
      }
    }
    List<RowDifference> told = new ArrayList<>();
    for (RowDifference row : sum.samples()) {
      told.add(row.withTags(tags.get(key(row.org(), row.metric(), row.seriesId()))));
    }
    return told;
  }

  private static void collectTags(
      Table series, DataFile file, Set<Long> wanted, Map<String, List<String>> tags)
      throws IOException {
    try (SeriesFileReader reader =
        new SeriesFileReader(series.io().newInputFile(file.location(), file.fileSizeInBytes()))) {
      while (reader.hasNext()) {
        SeriesEntry entry = reader.next();
        if (wanted.contains(entry.seriesId())) {
          tags.put(
              key(entry.identity().org(), entry.identity().metric(), entry.seriesId()),
              entry.identity().tags());
        }
      }
    }
  }

  private static String key(String org, String metric, long seriesId) {
    return org + "\0" + metric + "\0" + seriesId;
  }
}
