package tidemark.operators.compare;

import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.TableTrouble;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.TableCatalog;

/** At its one tick, the plan of a comparison and its tasks, as JSON. No state: one instance. */
public final class ComparePlanFunction extends ProcessFunction<Long, String> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ComparePlanFunction.class);

  private final CompareConfig config;
  private final CatalogAddress address;

  public ComparePlanFunction(CompareConfig config, CatalogAddress address) {
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
      List<CompareMessage> messages =
          TableTrouble.retry(() -> new ComparePlanner(config, catalog).plan());
      LOG.info(
          "Branch {} is compared with {} in {} tasks",
          config.branch(),
          config.other(),
          messages.size() - 1);
      for (CompareMessage message : messages) {
        out.collect(message.toJson());
      }
    } catch (IllegalArgumentException e) {
      throw new SuppressRestartsException(e); // trying again would not help
    }
  }
}
