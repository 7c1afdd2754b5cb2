package tidemark.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
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
import tidemark.operators.control.ControlOperator;
import tidemark.operators.control.GateOperator;
import tidemark.operators.decode.DecodeOperator;
import tidemark.operators.index.IndexOperator;
import tidemark.operators.rollup.RollupOperator;
import tidemark.operators.rollup.Tier;
import tidemark.operators.rules.BudgetOperator;
import tidemark.operators.rules.RulesOperator;
import tidemark.operators.rules.TiersOperator;
import tidemark.operators.store.StoreStage;
import tidemark.operators.watch.WatchOperator;
import tidemark.serde.partial.PartialBatch;
import tidemark.state.monitor.Alert;

/**
 * The stages in the data's order. Takes streams rather than building sources, so tests can feed it.
 *
 * <p>There is one shuffle, behind combining. Everything before it is one task, and everything
 * behind it is another: batches of rows, of series and of reports pass the stages that they do not
 * concern. Rows of coarser series, few by comparison, leave that task for a second one like it.
 *
 * @param rows closed rows of all tiers, new series and reports, for the store
 * @param coarser the same of coarser series, and what monitors say; empty without definitions
 * @param deadLetters records of which anything was refused
 */
record MainTopology(
    DataStream<PartialBatch> rows, Optional<Coarser> coarser, DataStream<DeadLetter> deadLetters) {

  /**
   * What definitions make.
   *
   * @param rows closed rows and new series of coarser series, and batches of verdicts
   * @param alerts changes of state
   */
  record Coarser(DataStream<PartialBatch> rows, DataStream<Alert> alerts) {}

  /** Stages of a job without rules and monitors. */
  static MainTopology append(DataStream<IntakeRecord> records, MainConfig config) {
    Intake intake = Intake.append(records, config);
    var keyed = intake.partials().keyBy(intake.keyGroups().selector(), Types.INT);
    return new MainTopology(
        rollups(keyed, IndexOperator.ofNews(intake.keyGroups()), config, intake.keyGroups()),
        Optional.empty(),
        intake.deadLetters());
  }

  /**
   * All stages.
   *
   * @param definitions what stands in the control topic
   */
  static MainTopology append(
      DataStream<IntakeRecord> records, DataStream<IntakeRecord> definitions, MainConfig config) {
    Intake intake = Intake.append(records, config);
    var control =
        definitions
            .connect(intake.status().global())
            .transform(
                "control",
                PartialBatchSerializer.TYPE,
                new ControlOperator(config.control(), config.sourceTopic()))
            .uid(OperatorUid.CONTROL.uid())
            .setParallelism(1)
            .setMaxParallelism(1);
    return ruled(
        intake,
        control,
        intake.deadLetters().union(control.getSideOutput(ControlOperator.DEAD_LETTERS)),
        config);
  }

  /**
   * All stages, for a job that knows its definitions before it begins.
   *
   * @param told one batch of them, and the end
   */
  static MainTopology appendTold(
      DataStream<IntakeRecord> records, DataStream<PartialBatch> told, MainConfig config) {
    Intake intake = Intake.append(records, config);
    return ruled(intake, told, intake.deadLetters(), config);
  }

  private static MainTopology ruled(
      Intake intake,
      DataStream<PartialBatch> definitions,
      DataStream<DeadLetter> deadLetters,
      MainConfig config) {
    KeyGroups keyGroups = intake.keyGroups();
    var news = definitions.broadcast();
    var keyed = gate(intake.partials(), news, OperatorUid.GATE, "gate", keyGroups);
    var indexed = partials(keyed, OperatorUid.INDEX, "index", IndexOperator.passingOn(keyGroups));
    var tenSeconds = rollup(indexed, OperatorUid.ROLLUP_10S, Tier.TEN_SECONDS, config, keyGroups);
    var ruled =
        partials(
            keyed(tenSeconds, keyGroups),
            OperatorUid.RULES,
            "rules",
            new RulesOperator(config.rules(), keyGroups, Tier.TEN_SECONDS.seconds()));
    var oneMinute = rollup(ruled, OperatorUid.ROLLUP_1M, Tier.ONE_MINUTE, config, keyGroups);
    var oneHour = rollup(oneMinute, OperatorUid.ROLLUP_1H, Tier.ONE_HOUR, config, keyGroups);
    return new MainTopology(
        oneHour,
        Optional.of(coarser(ruled.getSideOutput(RulesOperator.COARSER), news, config, keyGroups)),
        deadLetters);
  }

  /** Whose rows the store gets. */
  List<StoreStage.Writers> writers() {
    List<StoreStage.Writers> writers = new ArrayList<>();
    writers.add(
        new StoreStage.Writers(rows, "store", OperatorUid.STORE.uid(), StoreStage.Counted.POINTS));
    coarser.ifPresent(
        chain ->
            writers.add(
                new StoreStage.Writers(
                    chain.rows(),
                    "store coarser",
                    OperatorUid.COARSER_STORE.uid(),
                    StoreStage.Counted.NOTHING)));
    return writers;
  }

  private static DataStream<PartialBatch> rollups(
      KeyedStream<PartialBatch, Integer> keyed,
      IndexOperator index,
      MainConfig config,
      KeyGroups keyGroups) {
    var indexed = partials(keyed, OperatorUid.INDEX, "index", index);
    var tenSeconds = rollup(indexed, OperatorUid.ROLLUP_10S, Tier.TEN_SECONDS, config, keyGroups);
    var oneMinute = rollup(tenSeconds, OperatorUid.ROLLUP_1M, Tier.ONE_MINUTE, config, keyGroups);
    return rollup(oneMinute, OperatorUid.ROLLUP_1H, Tier.ONE_HOUR, config, keyGroups);
  }

  private static Coarser coarser(
      DataStream<PartialBatch> rows,
      DataStream<PartialBatch> news,
      MainConfig config,
      KeyGroups keyGroups) {
    var gated = gate(rows, news, OperatorUid.COARSER_GATE, "gate coarser", keyGroups);
    var within =
        partials(
            gated,
            OperatorUid.COARSER_BUDGET,
            "budget",
            new BudgetOperator(keyGroups, config.rules().batchBytes()));
    var indexed =
        partials(
            keyed(within, keyGroups),
            OperatorUid.COARSER_INDEX,
            "index coarser",
            IndexOperator.ofNews(keyGroups));
    var tenSeconds =
        coarserRollup(indexed, OperatorUid.COARSER_ROLLUP_10S, Tier.TEN_SECONDS, config, keyGroups);
    var watched =
        partials(
            keyed(tenSeconds, keyGroups),
            OperatorUid.WATCH,
            "watch",
            new WatchOperator(config.watch(), keyGroups));
    var oneMinute =
        coarserRollup(watched, OperatorUid.COARSER_ROLLUP_1M, Tier.ONE_MINUTE, config, keyGroups);
    var oneHour =
        coarserRollup(oneMinute, OperatorUid.COARSER_ROLLUP_1H, Tier.ONE_HOUR, config, keyGroups);
    return new Coarser(
        partials(oneHour, OperatorUid.COARSER_TIERS, "tiers", new TiersOperator()),
        watched.getSideOutput(WatchOperator.ALERTS));
  }

  private static KeyedStream<PartialBatch, Integer> gate(
      DataStream<PartialBatch> rows,
      DataStream<PartialBatch> news,
      OperatorUid uid,
      String name,
      KeyGroups keyGroups) {
    var gated =
        rows.keyBy(keyGroups.selector(), Types.INT)
            .connect(news)
            .transform(name, PartialBatchSerializer.TYPE, new GateOperator(keyGroups))
            .uid(uid.uid());
    return keyed(gated, keyGroups);
  }

  /**
   * A stage behind the shuffle keeps each batch's key group, so its output is keyed as its input
   * was.
   */
  private static KeyedStream<PartialBatch, Integer> keyed(
      DataStream<PartialBatch> input, KeyGroups keyGroups) {
    return DataStreamUtils.reinterpretAsKeyedStream(input, keyGroups.selector(), Types.INT);
  }

  private static SingleOutputStreamOperator<PartialBatch> partials(
      DataStream<PartialBatch> input,
      OperatorUid uid,
      String name,
      OneInputStreamOperator<PartialBatch, PartialBatch> operator) {
    TypeInformation<PartialBatch> type = PartialBatchSerializer.TYPE;
    return input.transform(name, type, operator).uid(uid.uid());
  }

  private static SingleOutputStreamOperator<PartialBatch> rollup(
      DataStream<PartialBatch> input,
      OperatorUid uid,
      Tier tier,
      MainConfig config,
      KeyGroups keyGroups) {
    return partials(
        keyed(input, keyGroups),
        uid,
        "roll up %s s".formatted(tier.seconds()),
        RollupOperator.ofPoints(tier, config.rollup(), keyGroups));
  }

  private static SingleOutputStreamOperator<PartialBatch> coarserRollup(
      DataStream<PartialBatch> input,
      OperatorUid uid,
      Tier tier,
      MainConfig config,
      KeyGroups keyGroups) {
    return partials(
        keyed(input, keyGroups),
        uid,
        "roll up coarser %s s".formatted(tier.seconds()),
        RollupOperator.ofCoarser(
            tier, config.rollup().withMemory(config.rules().memoryBytes()), keyGroups));
  }

  /**
   * The stages before the shuffle, in the tasks that read.
   *
   * @param partials rows that no window has closed, series and reports
   * @param status how far each source task has read
   */
  private record Intake(
      DataStream<PartialBatch> partials,
      DataStream<PartialBatch> status,
      DataStream<DeadLetter> deadLetters,
      KeyGroups keyGroups) {

    static Intake append(DataStream<IntakeRecord> records, MainConfig config) {
      KeyGroups keyGroups = new KeyGroups(config.maxParallelism());
      var decoded =
          stage(records, OperatorUid.DECODE, "decode", new DecodeOperator(config.decode()));
      var admitted = stage(decoded, OperatorUid.ADMIT, "admit", new AdmitOperator(config.admit()));
      var combined =
          partials(
              admitted,
              new CombineOperator(config.combine(), keyGroups, Tier.TEN_SECONDS.windowMs()));
      return new Intake(
          combined,
          decoded.getSideOutput(DecodeOperator.STATUS),
          admitted.getSideOutput(AdmitOperator.DEAD_LETTERS),
          keyGroups);
    }

    private static <T> SingleOutputStreamOperator<IntakeBatch> stage(
        DataStream<T> input,
        OperatorUid uid,
        String name,
        OneInputStreamOperator<T, IntakeBatch> operator) {
      return input
          .transform(name, IntakeBatchSerializer.TYPE, operator)
          .uid(uid.uid())
          .setParallelism(input.getParallelism());
    }

    private static DataStream<PartialBatch> partials(
        DataStream<IntakeBatch> admitted, CombineOperator combine) {
      return admitted
          .transform("combine", PartialBatchSerializer.TYPE, combine)
          .uid(OperatorUid.COMBINE.uid())
          .setParallelism(admitted.getParallelism());
    }
  }
}
