package tidemark.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.apache.kafka.common.TopicPartition;

/**
 * What one would write with Flink's own windows, and nothing that the main job does beyond it: no
 * coarser tiers, no series index, no limits, no dead letters, no exact sums, no order in the files,
 * no table around them. All of that is in its favour.
 *
 * <p>Reads up to given offsets and then ends, which closes its windows.
 */
final class PlainJob {
  private static final Duration OUT_OF_ORDER = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofMinutes(1);

  private PlainJob() {}

  static void run(RunOrder order) throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    store(
        points(env, order)
            .keyBy(point -> point.series, Types.STRING)
            .window(TumblingEventTimeWindows.of(Duration.ofMillis(Workload.WINDOW_MS)))
            .aggregate(new PlainAggregate(), new NameWindow()),
        order);
    env.execute(order.variant().label());
  }

  static DataStream<PlainPoint> points(StreamExecutionEnvironment env, RunOrder order) {
    return env.fromSource(
        source(order),
        WatermarkStrategy.<PlainPoint>forBoundedOutOfOrderness(OUT_OF_ORDER)
            .withTimestampAssigner((point, brokerTimeMs) -> point.timestampMs)
            .withIdleness(IDLE),
        "points");
  }

  /** Counts rows and writes them to files, which end with each checkpoint. */
  static void store(DataStream<PlainRow> rows, RunOrder order) {
    rows.map(new CountRows()).returns(PlainRow.class).sinkTo(PlainFiles.sink(order));
  }

  private static KafkaSource<PlainPoint> source(RunOrder order) {
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (int partition = 0; partition < order.endOffsets().size(); partition++) {
      ends.put(new TopicPartition(order.topic(), partition), order.endOffsets().get(partition));
    }
    return KafkaSource.<PlainPoint>builder()
        .setBootstrapServers(order.bootstrapServers())
        .setTopics(order.topic())
        .setGroupId(order.variant().label())
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setBounded(OffsetsInitializer.offsets(ends))
        .setDeserializer(new PlainPointReader())
        // as the main job reads
        .setProperty("max.partition.fetch.bytes", Integer.toString(1 << 16))
        .build();
  }

  /** Rows, and the points in them, that all jobs of this process have given. */
  static final class CountRows implements MapFunction<PlainRow, PlainRow> {
    private static final long serialVersionUID = 1L;
    private static final LongAdder ROWS = new LongAdder();
    private static final LongAdder POINTS = new LongAdder();

    static long rows() {
      return ROWS.sum();
    }

    static long points() {
      return POINTS.sum();
    }

    @Override
    public PlainRow map(PlainRow row) {
      ROWS.increment();
      POINTS.add(row.count);
      return row;
    }
  }

  /** Adds what the aggregate cannot know. */
  private static final class NameWindow
      extends ProcessWindowFunction<PlainRow, PlainRow, String, TimeWindow> {
    private static final long serialVersionUID = 1L;

    @Override
    public void process(
        String series, Context context, Iterable<PlainRow> rows, Collector<PlainRow> out) {
      for (PlainRow row : rows) {
        row.series = series;
        row.windowStartMs = context.window().getStart();
        out.collect(row);
      }
    }
  }
}
