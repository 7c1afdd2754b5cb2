package tidemark.operators.compact;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.TableCatalog;

/**
 * Commits what the workers have folded: all results of a plan in one snapshot per table, or sixteen
 * at a time when a plan has more. If together they conflict with somebody, each is tried alone.
 *
 * <p>Waiting results are at most sixteen, in memory only: a restart forgets them, and their files
 * are orphans.
 *
 * <p>A commit of which nobody knows whether it succeeded (an answer lost, the catalog gone) is not
 * tried again and its files are not removed: either they are in the table now, or they are orphans.
 *
 * <p>Emits a line for each commit. Metrics, group {@code tidemark.compact}: {@code commits}, {@code
 * conflicts} (results thrown away), {@code commitFailures}.
 */
public final class CompactCommitFunction extends ProcessFunction<CompactResult, String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompactCommitFunction.class);
  private static final int MAX_WAITING = 16;

  private final CatalogAddress address;
  private final String branch;

  private transient TableCatalog catalog; // null until it could be opened
  private transient List<CompactResult> waiting;
  private transient Map<Long, Integer> outstanding; // results still to come, by plan

  private transient Counter commits;
  private transient Counter conflicts;
  private transient Counter commitFailures;

  public CompactCommitFunction(CatalogAddress address, String branch) {
    this.address = address;
    this.branch = branch;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    waiting = new ArrayList<>();
    outstanding = new HashMap<>();
    MetricGroup group =
        getRuntimeContext().getMetricGroup().addGroup("tidemark").addGroup("compact");
    commits = group.counter("commits");
    conflicts = group.counter("conflicts");
    commitFailures = group.counter("commitFailures");
  }

  @Override
  public void processElement(CompactResult result, Context context, Collector<String> out) {
    if (!result.isFailed()) {
      waiting.add(result);
    }
    long plan = result.task().plan();
    int left = outstanding.getOrDefault(plan, result.task().planTasks()) - 1;
    if (left == 0) {
      outstanding.remove(plan);
    } else {
      outstanding.put(plan, left);
    }
    if (left == 0 || waiting.size() >= MAX_WAITING) {
      commitWaiting(out);
    }
  }

  private void commitWaiting(Collector<String> out) {
    commitTable(waiting.stream().filter(result -> !result.task().isOfSeries()).toList(), out);
    commitTable(waiting.stream().filter(result -> result.task().isOfSeries()).toList(), out);
    waiting.clear();
  }

  private void commitTable(List<CompactResult> results, Collector<String> out) {
    if (results.isEmpty()) {
      return;
    }
    CompactCommitter committer;
    List<CompactResult> free;
    try {
      committer = TableTrouble.retry(() -> committer(results.get(0).task()));
      free = results.stream().filter(result -> !committer.isHeld(result)).toList();
    } catch (TableTrouble e) {
      unknown(results, e);
      return;
    }
    commitTogether(committer, free, out);
    for (CompactResult result : results) {
      if (!free.contains(result)) {
        commitTogether(committer, List.of(result), out); // its rows keep their age
      }
    }
  }

  private void commitTogether(
      CompactCommitter committer, List<CompactResult> results, Collector<String> out) {
    if (results.isEmpty()) {
      return;
    }
    try {
      if (TableTrouble.once(() -> committer.commit(results))) {
        committed(results, out);
        return;
      }
      for (CompactResult result : results) {
        if (results.size() > 1 && TableTrouble.once(() -> committer.commit(List.of(result)))) {
          committed(List.of(result), out);
        } else {
          conflicts.inc();
          LOG.info(
              "Dropped what was folded of tier {}, day {}: its files have left branch {}",
              result.task().tierSeconds(),
              result.task().epochDay(),
              branch);
          TableTrouble.retry(() -> discard(committer, result));
        }
      }
    } catch (TableTrouble e) {
      unknown(results, e);
    }
  }

  private void unknown(List<CompactResult> results, TableTrouble cause) {
    commitFailures.inc();
    LOG.warn("It is unknown whether {} folded groups were committed", results.size(), cause);
  }

  private static boolean discard(CompactCommitter committer, CompactResult result)
      throws IOException {
    committer.discard(result);
    return true;
  }

  private CompactCommitter committer(CompactTask task) {
    if (catalog == null) {
      catalog = new TableCatalog(address);
    }
    Table table = task.isOfSeries() ? catalog.series() : catalog.rollups();
    return new CompactCommitter(table, branch, task.spec());
  }

  private void committed(List<CompactResult> results, Collector<String> out) {
    commits.inc();
    int filesBefore = 0;
    int filesAfter = 0;
    long rowsBefore = 0;
    long rowsAfter = 0;
    for (CompactResult result : results) {
      filesBefore += result.task().files().size();
      filesAfter += result.files().size();
      rowsBefore += result.rowsBefore();
      rowsAfter += result.rowsAfter();
    }
    String line =
        "compact %s of %s: %s files became %s, %s rows %s"
            .formatted(
                results.get(0).task().isOfSeries() ? "series" : "rollups",
                branch,
                filesBefore,
                filesAfter,
                rowsBefore,
                rowsAfter);
    LOG.info("{}", line);
    out.collect(line);
  }

  @Override
  public void close() throws IOException {
    if (catalog != null) {
      catalog.close();
    }
  }
}
