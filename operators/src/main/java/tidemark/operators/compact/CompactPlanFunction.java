package tidemark.operators.compact;

import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.TableCatalog;

/**
 * At each tick, what to fold next. One instance; {@link CompactPlanner} says what it remembers.
 *
 * <p>Metrics, group {@code tidemark.compact}: {@code plans}, {@code tasksPlanned}, {@code
 * planFailures}, {@code smallFiles} (files below the target size at the last plan).
 */
public final class CompactPlanFunction extends ProcessFunction<Long, CompactTask> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(CompactPlanFunction.class);

  private final CompactConfig config;
  private final CatalogAddress address;
  private final String branch;

  private transient CompactPlanner planner;
  private transient TableCatalog catalog; // null until it could be opened
  private transient int smallFiles;

  private transient Counter plans;
  private transient Counter tasksPlanned;
  private transient Counter planFailures;

  /**
   * @param branch of both tables, the one that is compacted
   */
  public CompactPlanFunction(CompactConfig config, CatalogAddress address, String branch) {
    this.config = config;
    this.address = address;
    this.branch = branch;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
    planner = new CompactPlanner(config, branch);
    MetricGroup group =
        getRuntimeContext().getMetricGroup().addGroup("tidemark").addGroup("compact");
    plans = group.counter("plans");
    tasksPlanned = group.counter("tasksPlanned");
    planFailures = group.counter("planFailures");
    group.gauge("smallFiles", () -> smallFiles);
  }

  @Override
  public void processElement(Long tick, Context context, Collector<CompactTask> out) {
    long nowMs = context.timerService().currentProcessingTime();
    CompactPlanner.Plan plan;
    try {
      plan = TableTrouble.retry(() -> planner.plan(catalog(), nowMs));
    } catch (TableTrouble e) {
      planFailures.inc();
      LOG.warn("No plan for branch {} at tick {}", branch, tick, e);
      return;
    }
    plans.inc();
    smallFiles = plan.smallFiles();
    tasksPlanned.inc(plan.tasks().size());
    if (!plan.tasks().isEmpty()) {
      LOG.info(
          "Branch {}: {} files below the target size, folding {} groups of them",
          branch,
          plan.smallFiles(),
          plan.tasks().size());
    }
    plan.tasks().forEach(out::collect);
  }

  private TableCatalog catalog() {
    if (catalog == null) {
      catalog = new TableCatalog(address);
    }
    return catalog;
  }

  @Override
  public void close() throws IOException {
    if (catalog != null) {
      catalog.close();
    }
  }
}
