package tidemark.jobs;

import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import tidemark.operators.DeadLetter;
import tidemark.operators.IntakeRecord;
import tidemark.operators.decode.DecodeConfig;

/** The main job's ends in Kafka. */
final class KafkaConnectors {
  private static final String PARTITION_DISCOVERY_MS = "60000";

  private KafkaConnectors() {}

  static KafkaSource<IntakeRecord> source(ReadableConfig config, DecodeConfig decode) {
    return KafkaSource.<IntakeRecord>builder()
        .setBootstrapServers(MainConfig.require(config, SourceOptions.BOOTSTRAP_SERVERS))
        .setTopics(config.get(SourceOptions.TOPIC))
        .setGroupId(config.get(SourceOptions.GROUP_ID))
        .setStartingOffsets(
            switch (config.get(SourceOptions.START)) {
              case EARLIEST -> OffsetsInitializer.earliest();
              case LATEST -> OffsetsInitializer.latest();
            })
        .setDeserializer(new IntakeRecordReader(decode))
        .setProperty("partition.discovery.interval.ms", PARTITION_DISCOVERY_MS)
        .setProperty(
            ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
            Integer.toString(Math.max(1 << 20, decode.maxRecordBytes() + (1 << 10))))
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
}
