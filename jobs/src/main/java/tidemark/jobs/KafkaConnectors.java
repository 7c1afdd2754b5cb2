package tidemark.jobs;

import java.util.List;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import tidemark.operators.DeadLetter;
import tidemark.operators.IntakeRecord;
import tidemark.operators.archive.StartOffsets;
import tidemark.operators.control.ControlConfig;
import tidemark.operators.decode.DecodeConfig;
import tidemark.operators.feed.FeedConfig;
import tidemark.operators.feed.FeedMessage;
import tidemark.operators.feed.FeedPartitions;
import tidemark.serde.archive.ArchivedRecord;

/** The jobs' ends in Kafka. */
final class KafkaConnectors {
  private static final String PARTITION_DISCOVERY_MS = "10000";

  // Of one partition at once: the consumer hands them out whole, one partition's after the other,
  // and the event time that they span is what a backlog keeps open. A larger batch of records
  // comes alone, and the other partitions' turn comes next.
  private static final String POINTS_FETCH_BYTES = Integer.toString(1 << 16);
  // Nothing waits open in the archive, so it asks less often.
  private static final String ARCHIVE_FETCH_BYTES = Integer.toString(1 << 20);

  private KafkaConnectors() {}

  static KafkaSource<IntakeRecord> source(ReadableConfig config, DecodeConfig decode) {
    return points(config, decode)
        .setGroupId(config.get(SourceOptions.GROUP_ID))
        .setStartingOffsets(
            switch (config.get(SourceOptions.START)) {
              case EARLIEST -> OffsetsInitializer.earliest();
              case LATEST -> OffsetsInitializer.latest();
            })
        .build();
  }

  private static KafkaSourceBuilder<IntakeRecord> points(
      ReadableConfig config, DecodeConfig decode) {
    return KafkaSource.<IntakeRecord>builder()
        .setBootstrapServers(MainConfig.require(config, SourceOptions.BOOTSTRAP_SERVERS))
        .setTopics(config.get(SourceOptions.TOPIC))
        .setDeserializer(IntakeRecordReader.ofPoints(decode))
        .setProperty("partition.discovery.interval.ms", PARTITION_DISCOVERY_MS)
        .setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, POINTS_FETCH_BYTES);
  }

  /**
   * Exact offsets of the points topic, for a replay. Without a consumer group: nobody is to see it.
   */
  static Source<IntakeRecord, ?, ?> ranges(
      ReadableConfig config, DecodeConfig decode, List<TopicRange> ranges) {
    return new KafkaRangeSource(
        points(config, decode).setStartingOffsets(new StartAt(ranges)).build(), ranges);
  }

  /** The points topic for a shadow, under a consumer group of its own. */
  static KafkaSource<IntakeRecord> shadow(
      ReadableConfig config, DecodeConfig decode, String branch, List<TopicRange> starts) {
    return points(config, decode)
        .setGroupId(config.get(SourceOptions.GROUP_ID) + "-shadow-" + branch)
        .setStartingOffsets(new StartAt(starts))
        .build();
  }

  /** The points topic for the archive job, under a consumer group of its own. */
  static KafkaSource<ArchivedRecord> archive(
      ReadableConfig config, DecodeConfig decode, StartOffsets starts) {
    return KafkaSource.<ArchivedRecord>builder()
        .setBootstrapServers(MainConfig.require(config, SourceOptions.BOOTSTRAP_SERVERS))
        .setTopics(config.get(SourceOptions.TOPIC))
        .setGroupId(config.get(SourceOptions.GROUP_ID) + "-archive")
        .setStartingOffsets(new ArchiveStart(starts))
        .setDeserializer(new ArchivedRecordReader())
        .setProperty("partition.discovery.interval.ms", PARTITION_DISCOVERY_MS)
        .setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, ARCHIVE_FETCH_BYTES)
        .build();
  }

  /**
   * The control topic, from its beginning: a new job needs what was defined long ago. Definitions
   * are kept in state from then on.
   */
  static KafkaSource<IntakeRecord> control(ReadableConfig config, MainConfig stages) {
    return control(config, stages, "-control");
  }

  /** The same for a shadow. */
  static KafkaSource<IntakeRecord> shadowControl(
      ReadableConfig config, MainConfig stages, String branch) {
    return control(config, stages, "-shadow-" + branch + "-control");
  }

  private static KafkaSource<IntakeRecord> control(
      ReadableConfig config, MainConfig stages, String group) {
    ControlConfig control = stages.control();
    return KafkaSource.<IntakeRecord>builder()
        .setBootstrapServers(
            control.bootstrapServers().isEmpty()
                ? MainConfig.require(config, SourceOptions.BOOTSTRAP_SERVERS)
                : control.bootstrapServers())
        .setTopics(control.topic())
        .setGroupId(config.get(SourceOptions.GROUP_ID) + group)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(IntakeRecordReader.ofControl(stages.decode()))
        .build();
  }

  /**
   * At least once: a dead letter may come twice after a failure, and its key tells. Exactly once
   * would hold the letters back until the next checkpoint.
   */
  static KafkaSink<DeadLetter> deadLetters(ReadableConfig config, DecodeConfig decode) {
    int maxBytes = (int) config.get(SourceOptions.DEAD_LETTER_MAX_BYTES).getBytes();
    return KafkaSink.<DeadLetter>builder()
        .setBootstrapServers(MainConfig.require(config, SourceOptions.BOOTSTRAP_SERVERS))
        .setRecordSerializer(
            new DeadLetterWriter(config.get(SourceOptions.DEAD_LETTER_TOPIC), maxBytes))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        // the producer must not refuse what the topic takes
        .setProperty(
            ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Integer.toString(2 * maxBytes + (1 << 20)))
        .setProperty(
            ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(Math.max(1L << 25, 4L * maxBytes)))
        .setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
        .build();
  }

  /**
   * At least once, without waiting for a checkpoint: whoever is to be woken is woken now, and ids
   * tell what comes again.
   */
  static KafkaSink<Tuple3<String, String, byte[]>> verdicts(ReadableConfig config, String topic) {
    return KafkaSink.<Tuple3<String, String, byte[]>>builder()
        .setBootstrapServers(MainConfig.require(config, SourceOptions.BOOTSTRAP_SERVERS))
        .setRecordSerializer(new VerdictRecord.Writer(topic))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true")
        .setProperty(ProducerConfig.ACKS_CONFIG, "all")
        .setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
        .setProperty(ProducerConfig.LINGER_MS_CONFIG, "50")
        .build();
  }

  static FeedPartitions feedPartitions(ReadableConfig config, FeedConfig feed) {
    return new FeedTopic(feedServers(config, feed), feed.topic());
  }

  /**
   * At least once, which here is as good as exactly once: a record tells by itself what doubles it.
   * With that guarantee the writer is flushed in {@code prepareSnapshotPreBarrier} (Flink's
   * SinkWriterOperator), so what was fed before a barrier is in the topic before the checkpoint can
   * be complete, and a record that Kafka did not take fails the checkpoint and the task.
   *
   * <p>While the broker is away, writing waits: once the buffer is full, at a barrier at the
   * latest. After {@code max.block.ms} and {@code delivery.timeout.ms}, one and two minutes, the
   * job restarts from its last checkpoint; no point is lost.
   */
  static Sink<FeedMessage> feed(ReadableConfig config, MainConfig stages, FeedConfig feed) {
    int batchBytes = Math.max(stages.rollup().batchBytes(), stages.combine().batchBytes());
    KafkaSink<FeedMessage> sink =
        KafkaSink.<FeedMessage>builder()
            .setBootstrapServers(feedServers(config, feed))
            .setRecordSerializer(new FeedMessageWriter(feed.topic()))
            .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
            // order within a partition, whatever is sent again
            .setProperty(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true")
            .setProperty(ProducerConfig.ACKS_CONFIG, "all")
            .setProperty(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4")
            .setProperty(ProducerConfig.LINGER_MS_CONFIG, "50")
            // several batches of rows, so that buffers are pooled and compress together
            .setProperty(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(1 << 18))
            // a batch may exceed its size by a row
            .setProperty(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                Integer.toString(2 * batchBytes + (1 << 20)))
            .setProperty(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                Long.toString(Math.max(1L << 25, 4L * batchBytes)))
            .build();
    return new StatelessSink<>(sink);
  }

  private static String feedServers(ReadableConfig config, FeedConfig feed) {
    return feed.bootstrapServers().isEmpty()
        ? MainConfig.require(config, SourceOptions.BOOTSTRAP_SERVERS)
        : feed.bootstrapServers();
  }
}
