package tidemark.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.control.ControlConfig;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.definition.DefinitionLimits;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.definition.Definition;

/**
 * What stands in the control topic: compaction keeps every version of every definition, so whoever
 * reads the topic up to an offset finds the same, whenever that is.
 *
 * @param entries definitions in their order
 * @param end offset behind the last record of any kind
 */
record ControlHistory(List<Entry> entries, long end) {
  private static final Logger LOG = LoggerFactory.getLogger(ControlHistory.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int SILENT_POLLS = 60;

  /**
   * One record that can be read.
   *
   * @param brokerTimeMs when the broker appended it, epoch ms
   */
  record Entry(long offset, long brokerTimeMs, Definition definition) {}

  /** Reads it, if it is needed at all. */
  interface Reading {
    ControlHistory read() throws IOException;
  }

  ControlHistory {
    entries = List.copyOf(entries);
  }

  /**
   * Reads the whole topic, as it is now. Memory: all definitions.
   *
   * @throws IOException if the brokers do not answer
   */
  static ControlHistory read(ReadableConfig options, ControlConfig control) throws IOException {
    if (!control.isOn()) {
      throw new IllegalArgumentException(
          "a replay with rules needs the topic of their definitions: set tidemark.control.topic");
    }
    String servers =
        control.bootstrapServers().isEmpty()
            ? MainConfig.require(options, SourceOptions.BOOTSTRAP_SERVERS)
            : control.bootstrapServers();
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            servers,
            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            30_000);
    TopicPartition partition = new TopicPartition(control.topic(), 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(Set.of(partition));
      consumer.seekToBeginning(Set.of(partition));
      long end = consumer.endOffsets(Set.of(partition)).get(partition);
      return new ControlHistory(read(consumer, partition, end), end);
    } catch (KafkaException e) {
      throw new IOException(
          "the control topic %s at %s cannot be read: %s"
              .formatted(control.topic(), servers, e.getMessage()),
          e);
    }
  }

  private static List<Entry> read(
      KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long end)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    int silent = 0;
    while (consumer.position(partition) < end) {
      var polled = consumer.poll(POLL);
      silent = polled.isEmpty() ? silent + 1 : 0;
      if (silent > SILENT_POLLS) {
        throw new IOException(
            "the control topic %s was read up to offset %d, and nothing came for a minute; wanted is all up to %d"
                .formatted(partition.topic(), consumer.position(partition), end));
      }
      for (ConsumerRecord<byte[], byte[]> record : polled) {
        if (isDefinition(record) && record.offset() < end) {
          entry(record.offset(), record.timestamp(), record.value()).ifPresent(entries::add);
        }
      }
    }
    return entries;
  }

  /** Empty if no definition can be read: it became a dead letter when it came. */
  static Optional<Entry> entry(long offset, long brokerTimeMs, byte[] value) {
    try {
      return Optional.of(new Entry(offset, brokerTimeMs, DefinitionCodec.ofJson(value)));
    } catch (IllegalArgumentException e) {
      LOG.info("what stands at offset {} is no definition", offset, e);
      return Optional.empty();
    }
  }

  private static boolean isDefinition(ConsumerRecord<byte[], byte[]> record) {
    Header format = record.headers().lastHeader(IntakeHeaders.FORMAT);
    return record.value() != null
        && format != null
        && format.value() != null
        && new String(format.value(), StandardCharsets.UTF_8).equals(IntakeHeaders.DEFINITION);
  }

  /**
   * The rules that a replay counts by: those of its orgs.
   *
   * @param limits of the live job: what it refused does not count here either
   */
  DefinitionSet rules(ReplayOrigin origin, DefinitionLimits limits) {
    DefinitionSet all = DefinitionSet.empty();
    for (Entry entry : entries) {
      if (entry.offset() < origin.controlEnd()) {
        all = with(all, entry, limits);
      }
    }
    DefinitionSet rules = all.withoutMonitors().ofOrgs(origin.selection()::takesOrg);
    return switch (origin.coarser()) {
      case NONE -> DefinitionSet.empty();
      case AS_IT_WAS -> rules;
      case AS_IT_IS -> rules.asOfNow();
    };
  }

  private static DefinitionSet with(DefinitionSet all, Entry entry, DefinitionLimits limits) {
    try {
      return all.with(entry.definition(), entry.brokerTimeMs(), limits);
    } catch (IllegalArgumentException e) {
      LOG.info("the definition at offset {} is refused, as it was", entry.offset(), e);
      return all;
    }
  }

  /** By which two sets are told apart: SHA-256, hexadecimal. */
  static String hash(DefinitionSet rules) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(rules.toBytes());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Names of rules. */
  static Set<ReplayOrigin.Rule> names(DefinitionSet rules) {
    return rules.all().stream()
        .map(ControlHistory::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static ReplayOrigin.Rule name(Definition definition) {
    return new ReplayOrigin.Rule(definition.org(), definition.name());
  }
}
