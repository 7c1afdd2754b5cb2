package tidemark.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import tidemark.cli.cluster.NewTopics;

/**
 * The plain job as Kafka Streams has it: a record per point, repartitioned by series through a
 * topic of its own, windows in memory with a changelog, exactly once, rows to a topic when their
 * window closes.
 *
 * <p>Its tasks read at their own pace and know no common time, so with the grace of the other jobs
 * it drops points of slower partitions; here windows wait for ten minutes.
 *
 * <p>In its favour: the store in memory instead of RocksDB, rows into Kafka instead of files, and
 * the windows that are open at the end need not be given. Settings as its documentation advises for
 * throughput: a large cache, long commits, large compressed batches.
 */
final class StreamsJob implements AutoCloseable {
  private static final Duration WINDOW = Duration.ofMillis(Workload.WINDOW_MS);
  private static final Duration GRACE = Duration.ofMinutes(10);
  private static final int BATCH_BYTES = 1 << 20;
  private static final int PARTITIONS = 4;
  private static final LongAdder RECORDS = new LongAdder();
  private static final LongAdder POINTS = new LongAdder();

  private final KafkaStreams streams;

  /**
   * @param end fails if the job does
   */
  StreamsJob(RunOrder order, CompletableFuture<Void> end)
      throws ExecutionException, InterruptedException {
    String rows = order.folder().getFileName() + "-rows";
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", order.bootstrapServers()))) {
      NewTopics.create(admin, List.of(new NewTopic(rows, PARTITIONS, (short) 1)));
    }
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(order.topic(), Consumed.with(Serdes.Bytes(), Serdes.ByteArray()))
        .process(() -> new Points(order))
        .groupByKey(Grouped.with(Serdes.String(), pointSerde()))
        .windowedBy(TimeWindows.ofSizeAndGrace(WINDOW, GRACE))
        .emitStrategy(EmitStrategy.onWindowClose())
        .aggregate(PlainRow::new, (series, point, row) -> add(point, row), store())
        .toStream((window, row) -> window.key())
        .to(rows, Produced.with(Serdes.String(), rowSerde()));
    streams = new KafkaStreams(builder.build(), settings(order));
    streams.setUncaughtExceptionHandler(
        cause -> {
          end.completeExceptionally(cause);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
  }

  private static Properties settings(RunOrder order) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, order.folder().getFileName().toString());
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, order.bootstrapServers());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, order.folder().resolve("streams").toString());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, order.checkpointMs());
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 512L << 20);
    settings.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    settings.put("auto.offset.reset", "earliest");
    settings.put("max.partition.fetch.bytes", 1 << 16);
    settings.put("transaction.timeout.ms", 120_000);
    settings.put("linger.ms", 100);
    settings.put("batch.size", BATCH_BYTES);
    settings.put("buffer.memory", 64L << 20);
    settings.put("compression.type", "lz4");
    return settings;
  }

  private static Materialized<String, PlainRow, WindowStore<Bytes, byte[]>> store() {
    return Materialized.<String, PlainRow>as(
            Stores.inMemoryWindowStore("windows", GRACE.plus(WINDOW), WINDOW, false))
        .withKeySerde(Serdes.String())
        .withValueSerde(rowSerde())
        .withCachingEnabled();
  }

  private static PlainRow add(PlainPoint point, PlainRow row) {
    new PlainAggregate().add(point, row);
    POINTS.increment();
    return row;
  }

  void start() {
    streams.start();
  }

  /** Records of the topic read so far. */
  static long recordsRead() {
    return RECORDS.sum();
  }

  /** Points that windows have taken so far. */
  static long points() {
    return POINTS.sum();
  }

  @Override
  public void close() {
    streams.close(Duration.ofSeconds(30));
  }

  /** Points of the part of the topic that is to be read, with their own times. */
  private static final class Points extends ContextualProcessor<Bytes, byte[], String, PlainPoint> {
    private final RunOrder order;
    private final PlainPoints points = new PlainPoints();

    Points(RunOrder order) {
      this.order = order;
    }

    @Override
    public void process(Record<Bytes, byte[]> batch) {
      RecordMetadata at = context().recordMetadata().orElseThrow();
      if (at.offset() >= order.endOffsets().get(at.partition())) {
        return;
      }
      RECORDS.increment();
      points.read(
          batch.value(),
          point -> context().forward(new Record<>(point.series, point, point.timestampMs)));
    }
  }

  // ---- bytes

  private static Serde<PlainPoint> pointSerde() {
    Serializer<PlainPoint> serializer =
        (topic, point) ->
            ByteBuffer.allocate(16).putLong(point.timestampMs).putDouble(point.value).array();
    Deserializer<PlainPoint> deserializer =
        (topic, bytes) -> {
          ByteBuffer from = ByteBuffer.wrap(bytes);
          PlainPoint point = new PlainPoint();
          point.timestampMs = from.getLong();
          point.value = from.getDouble();
          return point;
        };
    return Serdes.serdeFrom(serializer, deserializer);
  }

  private static Serde<PlainRow> rowSerde() {
    Serializer<PlainRow> serializer =
        (topic, row) -> {
          byte[] series = row.series.getBytes(StandardCharsets.UTF_8);
          return ByteBuffer.allocate(56 + series.length)
              .putLong(row.windowStartMs)
              .putLong(row.count)
              .putDouble(row.sum)
              .putDouble(row.min)
              .putDouble(row.max)
              .putDouble(row.last)
              .putLong(row.lastMs)
              .put(series)
              .array();
        };
    Deserializer<PlainRow> deserializer =
        (topic, bytes) -> {
          ByteBuffer from = ByteBuffer.wrap(bytes);
          PlainRow row = new PlainRow();
          row.windowStartMs = from.getLong();
          row.count = from.getLong();
          row.sum = from.getDouble();
          row.min = from.getDouble();
          row.max = from.getDouble();
          row.last = from.getDouble();
          row.lastMs = from.getLong();
          row.series = StandardCharsets.UTF_8.decode(from).toString();
          return row;
        };
    return Serdes.serdeFrom(serializer, deserializer);
  }
}
