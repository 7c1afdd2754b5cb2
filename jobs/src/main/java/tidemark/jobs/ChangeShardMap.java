package tidemark.jobs;

import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.IcebergThreads;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardMaps;
import tidemark.serde.catalog.TableCatalog;
import tidemark.state.selection.ShardMap;

/** Makes the next version of the shard map, where the tables can be reached. */
final class ChangeShardMap extends ProcessFunction<Long, String> {
  private static final long serialVersionUID = 1L;
  private static final int RACES = 20;

  private final CatalogAddress address;
  private final ShardMapChange change;

  ChangeShardMap(CatalogAddress address, ShardMapChange change) {
    this.address = address;
    this.change = change;
  }

  @Override
  public void open(OpenContext context) {
    IcebergThreads.endWithJob(getRuntimeContext());
  }

  @Override
  public void processElement(Long tick, Context context, Collector<String> out) throws IOException {
    long nowMs = context.timerService().currentProcessingTime();
    try (TableCatalog catalog = new TableCatalog(address)) {
      Table shards = catalog.shards();
      for (int race = 0; race < RACES; race++) {
        ShardMap next = next(shards, nowMs);
        if (ShardMaps.add(shards, next)) {
          out.collect("version " + next.version());
          return;
        }
      }
    }
    throw new SuppressRestartsException(
        new IllegalStateException(
            "the shard map was changed %d times meanwhile: try again".formatted(RACES)));
  }

  private ShardMap next(Table shards, long nowMs) {
    try {
      return change.after(ShardMaps.newest(shards), ShardClaims.all(shards).values(), nowMs);
    } catch (IllegalArgumentException e) {
      throw new SuppressRestartsException(e);
    }
  }
}
