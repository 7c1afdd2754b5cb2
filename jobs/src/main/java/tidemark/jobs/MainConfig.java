package tidemark.jobs;

import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.operators.admit.AdmitConfig;
import tidemark.operators.combine.CombineConfig;
import tidemark.operators.control.ControlConfig;
import tidemark.operators.decode.DecodeConfig;
import tidemark.operators.rollup.RollupConfig;
import tidemark.operators.rules.RulesConfig;
import tidemark.operators.watch.WatchConfig;
import tidemark.operators.watermark.WatermarkConfig;
import tidemark.state.selection.PointSelection;
import tidemark.state.selection.ShardShare;

/**
 * The checked settings of all stages but the store, which only some jobs have.
 *
 * @param maxParallelism number of key groups; part of every savepoint
 * @param sourceTopic where points come from; part of every savepoint
 */
record MainConfig(
    int maxParallelism,
    String sourceTopic,
    DecodeConfig decode,
    AdmitConfig admit,
    CombineConfig combine,
    RollupConfig rollup,
    WatermarkConfig watermark,
    ControlConfig control,
    RulesConfig rules,
    WatchConfig watch) {
  static final int DEFAULT_MAX_PARALLELISM = 128;

  static MainConfig from(ReadableConfig config) {
    CombineConfig combine = CombineConfig.from(config);
    return new MainConfig(
        config.getOptional(PipelineOptions.MAX_PARALLELISM).orElse(DEFAULT_MAX_PARALLELISM),
        config.get(SourceOptions.TOPIC),
        DecodeConfig.from(config),
        AdmitConfig.from(config),
        combine,
        RollupConfig.from(config),
        WatermarkConfig.from(config),
        ControlConfig.from(config),
        RulesConfig.from(config, combine.batchBytes()),
        WatchConfig.from(config));
  }

  /** The same for points of a selection only. */
  MainConfig of(PointSelection selection) {
    return with(admit.of(selection), watch);
  }

  /** The same for the points of some shards only. */
  MainConfig of(ShardShare share) {
    return with(admit.of(share), watch.of(share));
  }

  private MainConfig with(AdmitConfig otherAdmit, WatchConfig otherWatch) {
    return new MainConfig(
        maxParallelism,
        sourceTopic,
        decode,
        otherAdmit,
        combine,
        rollup,
        watermark,
        control,
        rules,
        otherWatch);
  }

  /** What every Tidemark job needs of Flink, whatever the cluster's own configuration says. */
  static Configuration required(int maxParallelism) {
    Configuration config = new Configuration();
    config.set(PipelineOptions.OBJECT_REUSE, true);
    config.set(PipelineOptions.GENERIC_TYPES, false);
    config.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    config.set(PipelineOptions.MAX_PARALLELISM, maxParallelism);
    return config;
  }

  /**
   * A barrier must come behind all that was sent before it: what was written for an epoch stands
   * before its end, and definitions before what is judged by them.
   *
   * @param cluster settings that the job runs with
   */
  static void requireAligned(ReadableConfig cluster) {
    if (cluster.get(CheckpointingOptions.ENABLE_UNALIGNED)) {
      throw new IllegalArgumentException(
          ("%s must be false, got true: an epoch would close before what was written for it, and"
                  + " rules before rows that wait for them; set it as flink-conf/config.yaml does")
              .formatted(CheckpointingOptions.ENABLE_UNALIGNED.key()));
    }
  }

  static String require(ReadableConfig config, ConfigOption<String> option) {
    return config
        .getOptional(option)
        .orElseThrow(() -> new IllegalArgumentException("%s must be set".formatted(option.key())));
  }
}
