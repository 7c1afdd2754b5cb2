package tidemark.jobs;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import tidemark.operators.publish.PublishCommitFunction;
import tidemark.operators.publish.PublishConfig;
import tidemark.operators.publish.PublishFunction;
import tidemark.operators.publish.PublishPlanFunction;
import tidemark.serde.catalog.CatalogAddress;

/**
 * Publishes the branch of a replay, or undoes it, and ends.
 *
 * <pre>
 * flink run --class tidemark.jobs.PublishJob tidemark-job.jar --tidemark.publish.branch NAME \
 *     --tidemark.publish.report s3://BUCKET/report.json \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>It keeps no state and takes no checkpoints: when main has changed, or after a failure, it
 * plans again.
 */
public final class PublishJob {
  private static final String PREFIX = "publish-";

  private PublishJob() {}

  public static void main(String[] args) throws Exception {
    ReadableConfig options = PublishOptions.parse(args);
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(CompareJob.required());
    build(
        env,
        config(options),
        CompareJob.address(options),
        RangeOptions.workers(options, PublishOptions.WORKERS));
    env.execute("tidemark publish");
  }

  static PublishConfig config(ReadableConfig options) {
    return new PublishConfig(
        RangeOptions.required(options, PublishOptions.BRANCH),
        RangeOptions.timeMs(options, PublishOptions.FROM, Long.MIN_VALUE),
        RangeOptions.timeMs(options, PublishOptions.TO, Long.MAX_VALUE),
        options.get(PublishOptions.ACTION),
        options.get(PublishOptions.REASON),
        RangeOptions.required(options, PublishOptions.REPORT),
        options.get(PublishOptions.TARGET_SIZE).getBytes());
  }

  static void build(
      StreamExecutionEnvironment env, PublishConfig config, CatalogAddress address, int workers) {
    env.getCheckpointConfig().disableCheckpointing(); // though the cluster may ask for it
    DataStream<String> planned =
        env.fromSource(TickSource.once(), WatermarkStrategy.noWatermarks(), "tick", Types.LONG)
            .uid(PREFIX + "tick-v1")
            .setParallelism(1)
            .process(new PublishPlanFunction(config, address), Types.STRING)
            .name("plan")
            .uid(PREFIX + "plan-v1")
            .setParallelism(1);
    planned
        .rebalance()
        .process(new PublishFunction(config, address), Types.STRING)
        .name("rewrite")
        .uid(PREFIX + "rewrite-v1")
        .setParallelism(workers)
        .process(new PublishCommitFunction(config, address), Types.STRING)
        .name("commit")
        .uid(PREFIX + "commit-v1")
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .name("done")
        .uid(PREFIX + "done-v1")
        .setParallelism(1);
  }
}
