package tidemark.jobs;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.selection.PointSelection;

/**
 * What a replay reads of Kafka: up to its base, as far as records may hold points of its range.
 *
 * @param origin of the branch
 * @param ranges one for each partition that has any
 * @param rules by which coarser series are made
 */
record KafkaReplay(ReplayOrigin origin, List<TopicRange> ranges, DefinitionSet rules) {
  KafkaReplay {
    ranges = List.copyOf(ranges);
  }

  /**
   * Plans a replay and makes its branch, unless that is there already for the same.
   *
   * @throws IllegalArgumentException if the branch, the epoch or Kafka do not allow it
   */
  static KafkaReplay make(
      TableCatalog catalog, ReplayRequest request, ReadableConfig options, MainConfig config)
      throws IOException, InterruptedException {
    ReplayPlan.Ruled ruled =
        ReplayPlan.origin(
            catalog,
            request,
            () -> ControlHistory.read(options, config.control()),
            config.control().limits(),
            offsets -> true); // what Kafka lacks is looked for below
    ReplayOrigin origin = ruled.origin();
    long sinceMs = sinceMs(origin.selection(), config.admit().maxFutureMs());
    String servers = MainConfig.require(options, SourceOptions.BOOTSTRAP_SERVERS);
    TopicOffsets kafka = TopicOffsets.ask(servers, options.get(SourceOptions.TOPIC), sinceMs);
    KafkaReplay plan = new KafkaReplay(origin, ranges(origin, kafka, sinceMs), ruled.rules());
    ReplayBranch.create(catalog, request.branch(), origin);
    return plan;
  }

  /** Broker time before which no record can hold a point of a selection. */
  static long sinceMs(PointSelection selection, long maxFutureMs) {
    return selection.fromMs() == Long.MIN_VALUE
        ? TopicOffsets.ANY_TIME
        : selection.fromMs() - maxFutureMs;
  }

  /**
   * Ranges of all partitions that have any.
   *
   * @param kafka as it was asked for {@link #sinceMs}
   * @throws IllegalArgumentException if Kafka does not have what the replay needs
   */
  static List<TopicRange> ranges(ReplayOrigin origin, TopicOffsets kafka, long sinceMs) {
    List<TopicRange> ranges = new ArrayList<>();
    SortedMap<Integer, Long> ends =
        ReplayPlan.offsets(origin).getOrDefault(kafka.topic(), new TreeMap<>());
    ends.forEach(
        (partition, end) -> {
          TopicOffsets.Partition there = kafka.partitions().get(partition);
          requireEnd(kafka.topic(), partition, there, end, origin);
          if (end > 0) {
            requireStart(kafka.topic(), partition, there, sinceMs);
          }
          if (there.start() < end) {
            ranges.add(new TopicRange(kafka.topic(), partition, there.start(), end));
          }
        });
    return ranges;
  }

  private static void requireEnd(
      String topic, int partition, TopicOffsets.Partition there, long end, ReplayOrigin origin) {
    long found = there == null ? 0 : there.end();
    if (found < end) {
      throw new IllegalArgumentException(
          "Kafka has %s/%d up to offset %d only, and epoch %s was counted up to %d: it is another topic, or lost records; replay from the archive, with %s archive"
              .formatted(
                  topic, partition, found, origin.baseEpoch(), end, ReplayOptions.SOURCE.key()));
    }
  }

  /** Behind the first record that is there Kafka has dropped nothing. */
  static void requireStart(
      String topic, int partition, TopicOffsets.Partition there, long sinceMs) {
    boolean isSure = there.first() == 0 || there.start() > there.first();
    if (!isSure) {
      throw new IllegalArgumentException(
          "Kafka has %s/%d from offset %d%s on, and wanted is all from %s on: records that it dropped before may hold points of the range; replay from the archive, with %s archive, or begin later, with %s"
              .formatted(
                  topic,
                  partition,
                  there.first(),
                  there.sinceMs().isPresent() && there.start() == there.first()
                      ? " of " + Instant.ofEpochMilli(there.sinceMs().getAsLong())
                      : "",
                  sinceMs == TopicOffsets.ANY_TIME
                      ? "offset 0"
                      : "broker time " + Instant.ofEpochMilli(sinceMs),
                  ReplayOptions.SOURCE.key(),
                  ReplayOptions.FROM.key()));
    }
  }
}
