package tidemark.jobs;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SideOutputDataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import tidemark.operators.DeadLetter;
import tidemark.operators.IntakeBatch;
import tidemark.operators.IntakeBatchSerializer;
import tidemark.operators.IntakeRecord;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.admit.AdmitOperator;
import tidemark.operators.combine.CombineOperator;
import tidemark.operators.decode.DecodeOperator;
import tidemark.operators.index.IndexOperator;
import tidemark.operators.rollup.RollupOperator;
import tidemark.operators.rollup.Tier;
import tidemark.serde.partial.PartialBatch;

/**
 * The stages in the data's order. Takes streams rather than building sources, so tests can feed it.
 *
 * <p>There is one shuffle, behind combining. Everything before it is one task, and everything
 * behind it is another: batches of rows, of series and of reports pass the stages that they do not
 * concern.
 *
 * @param rows closed rows of all tiers, new series and reports, for the store
 * @param deadLetters records of which anything was refused
 */
record MainTopology(DataStream<PartialBatch> rows, DataStream<DeadLetter> deadLetters) {

  static MainTopology append(DataStream<IntakeRecord> records, MainConfig config) {
    KeyGroups keyGroups = new KeyGroups(config.maxParallelism());
    long windowMs = Tier.TEN_SECONDS.windowMs();

    var decoded =
        intake(records, OperatorUid.DECODE, "decode", new DecodeOperator(config.decode()));
    var admitted = intake(decoded, OperatorUid.ADMIT, "admit", new AdmitOperator(config.admit()));
    SideOutputDataStream<DeadLetter> deadLetters =
        admitted.getSideOutput(AdmitOperator.DEAD_LETTERS);
    var combined =
        partials(
            admitted,
            OperatorUid.COMBINE,
            "combine",
            new CombineOperator(config.combine(), keyGroups, windowMs));
    var keyed = combined.keyBy(keyGroups.selector(), Types.INT);
    var indexed = partials(keyed, OperatorUid.INDEX, "index", new IndexOperator(keyGroups));
    var tenSeconds = rollup(indexed, OperatorUid.ROLLUP_10S, Tier.TEN_SECONDS, config, keyGroups);
    var oneMinute = rollup(tenSeconds, OperatorUid.ROLLUP_1M, Tier.ONE_MINUTE, config, keyGroups);
    var oneHour = rollup(oneMinute, OperatorUid.ROLLUP_1H, Tier.ONE_HOUR, config, keyGroups);
    return new MainTopology(oneHour, deadLetters);
  }

  private static <T> SingleOutputStreamOperator<IntakeBatch> intake(
      DataStream<T> input,
      OperatorUid uid,
      String name,
      OneInputStreamOperator<T, IntakeBatch> operator) {
    return input.transform(name, IntakeBatchSerializer.TYPE, operator).uid(uid.uid());
  }

  private static <T> SingleOutputStreamOperator<PartialBatch> partials(
      DataStream<T> input,
      OperatorUid uid,
      String name,
      OneInputStreamOperator<T, PartialBatch> operator) {
    TypeInformation<PartialBatch> type = PartialBatchSerializer.TYPE;
    return input.transform(name, type, operator).uid(uid.uid());
  }

  private static SingleOutputStreamOperator<PartialBatch> rollup(
      DataStream<PartialBatch> input,
      OperatorUid uid,
      Tier tier,
      MainConfig config,
      KeyGroups keyGroups) {
    // a stage behind the shuffle keeps each batch's key group, so its output is keyed as its input
    // was
    KeyedStream<PartialBatch, Integer> keyed =
        DataStreamUtils.reinterpretAsKeyedStream(input, keyGroups.selector(), Types.INT);
    return partials(
        keyed,
        uid,
        "roll up %s s".formatted(tier.seconds()),
        new RollupOperator(tier, config.rollup(), keyGroups));
  }
}
