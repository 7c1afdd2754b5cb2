package tidemark.jobs;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import tidemark.serde.catalog.CatalogAddress;

/**
 * Makes or changes the shard map, and ends.
 *
 * <pre>
 * flink run --class tidemark.jobs.ShardMapJob tidemark-job.jar --tidemark.shards.action move \
 *     --tidemark.shards.org ORG --tidemark.shards.to 64 --tidemark.shards.at 2026-11-24T10:00:00Z \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>Every option is {@code --key value}; they are listed in docs/options.md.
 */
public final class ShardMapJob {
  private ShardMapJob() {}

  public static void main(String[] args) throws Exception {
    Configuration options = ShardMapOptions.parse(args);
    ShardMapChange change = ShardMapChange.from(options);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(
            MainConfig.required(MainConfig.DEFAULT_MAX_PARALLELISM));
    env.getCheckpointConfig().disableCheckpointing();
    append(env, JobShards.maps(options), change);
    env.execute("tidemark shards");
  }

  static void append(StreamExecutionEnvironment env, CatalogAddress maps, ShardMapChange change) {
    env.fromSource(TickSource.once(), WatermarkStrategy.noWatermarks(), "tick", Types.LONG)
        .uid("shards-tick")
        .setParallelism(1)
        .process(new ChangeShardMap(maps, change))
        .name("shards")
        .uid("shards")
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .name("changed")
        .uid("shards-changed")
        .setParallelism(1);
  }
}
