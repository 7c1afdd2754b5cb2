package tidemark.jobs;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import tidemark.operators.PartialBatchSerializer;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.PartialBatch;

/**
 * Definitions that are known before a job begins, as its stages are told them: all at once, and
 * then the end of time. The gate closes no window before it has both.
 */
final class ToldRules implements MapFunction<Long, PartialBatch> {
  private static final long serialVersionUID = 1L;
  private static final int ANY_GROUP = 0;

  private final byte[] definitions;

  private ToldRules(byte[] definitions) {
    this.definitions = definitions;
  }

  static DataStream<PartialBatch> of(StreamExecutionEnvironment env, DefinitionSet definitions) {
    return env.fromSource(
            TickSource.once(), WatermarkStrategy.noWatermarks(), "rules tick", Types.LONG)
        .uid(ReplayUid.RULES_TICK.uid())
        .setParallelism(1)
        .map(new ToldRules(definitions.toBytes()))
        .returns(PartialBatchSerializer.TYPE)
        .name("told rules")
        .uid(ReplayUid.RULES.uid())
        .setParallelism(1);
  }

  @Override
  public PartialBatch map(Long tick) {
    return PartialBatch.of(
        PartialBatch.Kind.DEFINITIONS, ANY_GROUP, PartialBatch.OPEN, definitions);
  }
}
