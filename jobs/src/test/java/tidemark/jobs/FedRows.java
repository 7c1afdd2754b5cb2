package tidemark.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.SeriesCodec;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;

/**
 * A feed topic as a reader sees it, and the rule of {@link FeedWriter} written out: which of its
 * rows count beside a commit.
 */
final class FedRows {

  /** One partial row. */
  record Part(Expected.Key key, Expected.Row row) {}

  /** One record of the topic with its rows. */
  record Fed(int partition, long offset, long appendedMs, FeedRecord record, List<Part> parts) {
    FeedWriter writer() {
      return record.writer();
    }
  }

  /** Which rows count: all that were not stored, and not sent again by a later writer. */
  enum Fate {
    STORED,
    DEAD,
    HOT
  }

  private final List<Fed> all = new ArrayList<>();
  // by partition: a reader of one partition must find there all that names its rows
  private final Map<Integer, Map<Long, List<String>>> tags = new HashMap<>();
  private final MetricNames names = new MetricNames(1);
  private final PartialReader reader = new PartialReader(names);
  private final PartialRow row = new PartialRow();

  FedRows(List<ConsumerRecord<byte[], byte[]>> records) {
    for (ConsumerRecord<byte[], byte[]> each : records) {
      FeedRecord record = FeedRecord.ofBytes(each.value());
      int partition = each.partition();
      all.add(
          new Fed(partition, each.offset(), each.timestamp(), record, parts(partition, record)));
    }
  }

  List<Fed> all() {
    return all;
  }

  private List<Part> parts(int partition, FeedRecord record) {
    List<Part> parts = new ArrayList<>();
    Map<Long, List<String>> known = tags.computeIfAbsent(partition, absent -> new HashMap<>());
    if (record.kind() == FeedRecord.Kind.SERIES) {
      SeriesCodec.read(
          record.batch(), entry -> known.put(entry.seriesId(), entry.identity().tags()));
    } else if (record.kind() == FeedRecord.Kind.ROWS) {
      PartialBatch batch = record.batch();
      reader.open(batch);
      while (reader.next(row)) {
        parts.add(part(batch.tierSeconds(), known));
      }
    }
    return parts;
  }

  private Part part(int tier, Map<Long, List<String>> known) {
    MetricNames.Name name = names.name(row.name);
    List<String> seriesTags = known.get(row.seriesId);
    if (seriesTags == null) {
      throw new AssertionError("series %s has a row before its name".formatted(row.seriesId));
    }
    return new Part(
        new Expected.Key(
            tier,
            text(name.org()),
            text(name.metric()),
            seriesTags,
            row.type.label(),
            row.windowStartMs),
        content());
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private Expected.Row content() {
    BigDecimal sum = new BigDecimal(row.sum).add(new BigDecimal(row.low));
    for (double part : row.rest) {
      sum = sum.add(new BigDecimal(part));
    }
    sum = sum.stripTrailingZeros();
    return switch (row.type) {
      case COUNTER -> new Expected.Row(row.count, sum, null, null, null, null, null);
      case GAUGE ->
          new Expected.Row(row.count, sum, row.min, row.max, row.last, row.lastTimestampMs, null);
      case DISTRIBUTION -> new Expected.Row(row.count, sum, row.min, row.max, null, null, bins());
    };
  }

  private Map<Integer, Long> bins() {
    try {
      return StoredTables.bins(ByteBuffer.wrap(row.sketch, row.sketchOffset, row.sketchLength));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What becomes of one record's rows, for a reader who has seen these writers and pins a commit.
   *
   * @param checkpoint newest one of the lineage that the commit holds; 0 for none
   */
  static Fate fate(Fed fed, Set<FeedWriter> writers, long checkpoint) {
    long after = fed.record().after();
    if (checkpoint > after) {
      return Fate.STORED;
    }
    boolean isDead = writers.stream().anyMatch(writer -> writer.supersedes(fed.writer(), after));
    return isDead ? Fate.DEAD : Fate.HOT;
  }

  /** Writers that a reader of this part of the topic knows. */
  Set<FeedWriter> writers(Predicate<Fed> seen) {
    Set<FeedWriter> writers = new HashSet<>();
    all.stream().filter(seen).forEach(fed -> writers.add(fed.writer()));
    return writers;
  }

  /** Adds to stored rows those that are hot. */
  Map<Expected.Key, Expected.Row> withHot(
      Map<Expected.Key, Expected.Row> stored, long checkpoint, Predicate<Fed> seen) {
    Map<Expected.Key, Expected.Row> whole = new HashMap<>(stored);
    Set<FeedWriter> writers = writers(seen);
    for (Fed fed : all) {
      if (!fed.parts().isEmpty() && seen.test(fed) && fate(fed, writers, checkpoint) == Fate.HOT) {
        fed.parts().forEach(part -> whole.merge(part.key(), part.row(), StoredTables::merge));
      }
    }
    return whole;
  }

  /** Rows of all records with that fate beside a commit, for a reader of the whole topic. */
  long rows(Fate fate, long checkpoint) {
    Set<FeedWriter> writers = writers(fed -> true);
    return all.stream()
        .filter(fed -> fate(fed, writers, checkpoint) == fate)
        .mapToLong(fed -> fed.parts().size())
        .sum();
  }

  /** Jobs that wrote, as commits name them. */
  Set<String> jobs() {
    Set<String> jobs = new HashSet<>();
    for (FeedWriter writer : writers(fed -> true)) {
      UUID job = writer.job();
      jobs.add(job.toString().replace("-", ""));
    }
    return jobs;
  }
}
