package tidemark.bench;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.common.TopicPartition;
import tidemark.jobs.IntakeRecordReader;
import tidemark.operators.IntakeBatchSerializer;
import tidemark.operators.IntakeRecord;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.admit.AdmitConfig;
import tidemark.operators.admit.AdmitOperator;
import tidemark.operators.combine.CombineConfig;
import tidemark.operators.combine.CombineOperator;
import tidemark.operators.decode.DecodeConfig;
import tidemark.operators.decode.DecodeOperator;
import tidemark.operators.watermark.HeartbeatWatermarks;
import tidemark.operators.watermark.WatermarkConfig;

/** The main job's first stages, up to one of them, and nothing behind it. Ends by itself. */
final class IntakeJob {
  private static final int MAX_PARALLELISM = 128;

  private IntakeJob() {}

  static void run(RunOrder order) throws Exception {
    Configuration defaults = new Configuration();
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    DataStream<IntakeRecord> records =
        env.fromSource(
            source(order, DecodeConfig.from(defaults)),
            order.variant() == Variant.COMBINE
                ? HeartbeatWatermarks.strategy(WatermarkConfig.from(defaults))
                : WatermarkStrategy.noWatermarks(),
            "source");
    if (order.variant() == Variant.READ) {
      records.sinkTo(new DiscardingSink<>());
    } else {
      var decoded =
          records.transform(
              "decode",
              IntakeBatchSerializer.TYPE,
              new DecodeOperator(DecodeConfig.from(defaults)));
      if (order.variant() == Variant.DECODE) {
        decoded.sinkTo(new DiscardingSink<>());
      } else {
        decoded
            .transform(
                "admit", IntakeBatchSerializer.TYPE, new AdmitOperator(AdmitConfig.from(defaults)))
            .transform(
                "combine",
                PartialBatchSerializer.TYPE,
                new CombineOperator(
                    CombineConfig.from(defaults),
                    new KeyGroups(MAX_PARALLELISM),
                    Workload.WINDOW_MS))
            .sinkTo(new DiscardingSink<>());
      }
    }
    env.execute(order.variant().label());
  }

  private static KafkaSource<IntakeRecord> source(RunOrder order, DecodeConfig decode) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (int partition = 0; partition < order.endOffsets().size(); partition++) {
      ends.put(new TopicPartition(order.topic(), partition), order.endOffsets().get(partition));
    }
    return KafkaSource.<IntakeRecord>builder()
        .setBootstrapServers(order.bootstrapServers())
        .setTopics(order.topic())
        .setGroupId(order.variant().label())
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setBounded(OffsetsInitializer.offsets(ends))
        .setDeserializer(IntakeRecordReader.ofPoints(decode))
        // as the main job reads
        .setProperty("max.partition.fetch.bytes", Integer.toString(1 << 16))
        .build();
  }
}
