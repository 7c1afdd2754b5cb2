package tidemark.jobs;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import tidemark.operators.compare.CompareConfig;
import tidemark.operators.compare.CompareFunction;
import tidemark.operators.compare.ComparePlanFunction;
import tidemark.operators.compare.CompareReportFunction;
import tidemark.operators.store.StoreConfig;
import tidemark.serde.catalog.CatalogAddress;

/**
 * Compares the branch of a replay with main or with another, and ends.
 *
 * <pre>
 * flink run --class tidemark.jobs.CompareJob tidemark-job.jar --tidemark.compare.branch NAME \
 *     --tidemark.compare.report s3://BUCKET/report.json \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>It keeps no state and takes no checkpoints: after a failure it begins again.
 */
public final class CompareJob {
  private static final String PREFIX = "compare-";
  private static final int ATTEMPTS = 10;

  private CompareJob() {}

  public static void main(String[] args) throws Exception {
    ReadableConfig options = CompareOptions.parse(args);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(required());
    build(
        env,
        config(options),
        address(options),
        RangeOptions.workers(options, CompareOptions.WORKERS));
    env.execute("tidemark compare");
  }

  /** What a job that ends needs of Flink; a fault that does not pass ends it too. */
  static Configuration required() {
    Configuration settings = MainConfig.required(MainConfig.DEFAULT_MAX_PARALLELISM);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, ATTEMPTS);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofSeconds(2));
    return settings;
  }

  static CompareConfig config(ReadableConfig options) {
    return new CompareConfig(
        RangeOptions.required(options, CompareOptions.BRANCH),
        options.get(CompareOptions.WITH),
        RangeOptions.timeMs(options, CompareOptions.FROM, Long.MIN_VALUE),
        RangeOptions.timeMs(options, CompareOptions.TO, Long.MAX_VALUE),
        options.get(CompareOptions.INCOMPLETE)
            ? CompareConfig.Completeness.NOT_REQUIRED
            : CompareConfig.Completeness.REQUIRED,
        RangeOptions.required(options, CompareOptions.REPORT),
        options.get(CompareOptions.MEMORY).getBytes());
  }

  static CatalogAddress address(ReadableConfig options) {
    StoreConfig store = StoreConfig.from(options);
    return new CatalogAddress(store.catalogUri(), store.catalogName(), store.warehouse());
  }

  static void build(
      StreamExecutionEnvironment env, CompareConfig config, CatalogAddress address, int workers) {
    env.getCheckpointConfig().disableCheckpointing(); // though the cluster may ask for it
    DataStream<String> planned =
        env.fromSource(TickSource.once(), WatermarkStrategy.noWatermarks(), "tick", Types.LONG)
            .uid(PREFIX + "tick-v1")
            .setParallelism(1)
            .process(new ComparePlanFunction(config, address), Types.STRING)
            .name("plan")
            .uid(PREFIX + "plan-v1")
            .setParallelism(1);
    planned
        .rebalance()
        .process(new CompareFunction(config), Types.STRING)
        .name("compare")
        .uid(PREFIX + "compare-v1")
        .setParallelism(workers)
        .process(new CompareReportFunction(config, address), Types.STRING)
        .name("report")
        .uid(PREFIX + "report-v1")
        .setParallelism(1)
        .sinkTo(new DiscardingSink<>())
        .name("done")
        .uid(PREFIX + "done-v1")
        .setParallelism(1);
  }
}
