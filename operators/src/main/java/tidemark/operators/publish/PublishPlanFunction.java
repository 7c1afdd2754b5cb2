package tidemark.operators.publish;

import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.CoveredRows;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.TableCatalog;

/** At its one tick, the plan of a publishing and its tasks, as JSON. No state: one instance. */
public final class PublishPlanFunction extends ProcessFunction<Long, String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(PublishPlanFunction.class);

  private final PublishConfig config;
  private final CatalogAddress address;

  public PublishPlanFunction(PublishConfig config, CatalogAddress address) {
    this.config = config;
    this.address = address;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
  }

  @Override
  public void processElement(Long tick, Context context, Collector<String> out)
      throws IOException, TableTrouble {
    try (TableCatalog catalog = new TableCatalog(address)) {
      PublishPlan plan =
          TableTrouble.retry(() -> new PublishPlanner(config, catalog.rollups()).plan());
      LOG.info(
          "Branch {}: {} files of main go as they are, {} come, {} are written again; {}",
          config.branch(),
          plan.whole().removed().size(),
          plan.whole().added().size(),
          plan.tasks().size(),
          CoveredRows.ofJson(plan.covered()));
      out.collect(PublishMessage.of(plan).toJson());
      boolean isDry = config.action() == PublishConfig.Action.DRY_RUN;
      for (PublishTask task : plan.tasks()) {
        if (!isDry) {
          out.collect(PublishMessage.of(plan.covered(), task).toJson());
        }
      }
    } catch (IllegalArgumentException e) {
      throw new SuppressRestartsException(e); // trying again would not help
    }
  }
}
