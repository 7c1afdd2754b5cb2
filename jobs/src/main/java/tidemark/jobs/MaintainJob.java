package tidemark.jobs;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * The maintenance job: compaction, retention, snapshot expiry and orphan removal, beside the main
 * job and without it.
 *
 * <pre>
 * flink run --class tidemark.jobs.MaintainJob tidemark-job.jar \
 *     --tidemark.store.warehouse s3://BUCKET/warehouse --tidemark.store.catalog-uri jdbc:...
 * </pre>
 *
 * <p>It keeps no state and takes no checkpoints: the tables say what is left to do. Every option is
 * {@code --key value}; they are listed in docs/options.md.
 */
public final class MaintainJob {
  private MaintainJob() {}

  public static void main(String[] args) throws Exception {
    MaintainConfig config = MaintainConfig.from(MaintainOptions.parse(args));
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(required());
    build(env, config);
    env.execute("tidemark maintain");
  }

  /** What the job needs of Flink, whatever the cluster's own configuration says. */
  static Configuration required() {
    Configuration settings = MainConfig.required(MainConfig.DEFAULT_MAX_PARALLELISM);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    return settings;
  }

  static void build(StreamExecutionEnvironment env, MaintainConfig config) {
    env.getCheckpointConfig().disableCheckpointing(); // though the cluster may ask for it
    TickSource source =
        switch (config.passes()) {
          case ONCE -> TickSource.once();
          case FOREVER -> TickSource.every(config.compact().intervalMs());
        };
    var ticks =
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "tick", Types.LONG)
            .uid(MaintainUid.TICK.uid())
            .setParallelism(1);
    MaintainTopology.append(ticks, config)
        .done()
        .sinkTo(new DiscardingSink<>())
        .name("done")
        .uid(MaintainUid.DONE.uid())
        .setParallelism(1);
  }
}
