package tidemark.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import tidemark.operators.IntakeRecord;
import tidemark.serde.archive.ArchiveLimits;
import tidemark.serde.archive.ArchiveWriter;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.PayloadBuffer;
import tidemark.serde.archive.RecordFacts;
import tidemark.serde.archive.RecordTimes;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.serde.wire.IntakeHeaders;

/**
 * {@link GeneratedInput} on seven partitions, with records that come twice and records of garbage
 * among them: for a live job, and as archive files.
 */
final class ReplayInput implements Serializable {
  static final int PARTITIONS = 7;
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final GeneratedInput input;

  ReplayInput(long seed) {
    this.seed = seed;
    input = new GeneratedInput(seed);
  }

  /**
   * @param stepMs between two records
   */
  ReplayInput(long seed, long stepMs) {
    this.seed = seed;
    input = new GeneratedInput(seed, stepMs);
  }

  private static boolean isGarbage(long index) {
    return index % 17 == 3 && index % 5 != 4;
  }

  /** Record whose points record {@code index} has. */
  private static long original(long index) {
    return index % 23 == 21 && index > 100 && index % 5 != 4 ? index - 20 : index;
  }

  IntakeRecord record(long index) {
    IntakeRecord record = input.record(original(index));
    byte[] value = record.value();
    if (isGarbage(index)) {
      value = new byte[1 + (int) (index % 50)];
      new Random(seed + index).nextBytes(value);
      value[0] = 7; // no format begins so
    }
    return new IntakeRecord(
        "points",
        (int) (index % PARTITIONS),
        index / PARTITIONS,
        input.record(index).brokerTimeMs(),
        record.format(),
        record.org(),
        record.heartbeatMs(),
        value);
  }

  /** Points of all records before {@code end}. */
  List<Expected.Sent> allPoints(long end) {
    List<Expected.Sent> points = new ArrayList<>();
    for (long index = 0; index < end; index++) {
      points.addAll(points(index));
    }
    return points;
  }

  /** Points of one record. */
  List<Expected.Sent> points(long index) {
    return isGarbage(index) ? List.of() : input.points(original(index));
  }

  /**
   * Archives the records before {@code end} in files of some thousand records, each with several
   * segments of every partition, and says so in the manifest.
   */
  void archive(Path folder, TableCatalog catalog, long end) throws IOException {
    long fileRecords = 3_001; // so that files end anywhere
    for (long from = 0; from < end; from += fileRecords) {
      archive(folder, catalog, from, Math.min(end, from + fileRecords));
    }
  }

  /**
   * Sends records to Kafka; if all before {@code from} were, they get the offsets that {@link
   * #record} says.
   */
  void send(KafkaProducer<byte[], byte[]> producer, String topic, long from, long to)
      throws Exception {
    List<Future<RecordMetadata>> answers = new ArrayList<>();
    for (long index = from; index < to; index++) {
      IntakeRecord record = record(index);
      Headers headers = new RecordHeaders();
      headers.add(IntakeHeaders.FORMAT, record.format().getBytes(StandardCharsets.UTF_8));
      answers.add(
          producer.send(
              new ProducerRecord<>(
                  topic,
                  record.partition(),
                  record.brokerTimeMs(),
                  null,
                  record.value(),
                  headers)));
    }
    producer.flush();
    for (Future<RecordMetadata> answer : answers) {
      answer.get();
    }
  }

  private void archive(Path folder, TableCatalog catalog, long from, long to) throws IOException {
    Path file = Files.createDirectories(folder).resolve("%06d.tma".formatted(from));
    RecordTimes times = new RecordTimes(1 << 20);
    Map<Integer, long[]> range = new HashMap<>(); // earliest, latest
    List<PartitionSummary> summaries;
    try (ArchiveWriter writer = new ArchiveWriter(new ArchiveLimits(400_000, 20_000, 3));
        OutputStream out = Files.newOutputStream(file)) {
      writer.start(out);
      PayloadBuffer payload = new PayloadBuffer();
      for (long index = from; index < to; index++) {
        IntakeRecord record = record(index);
        times.read(record.format(), "", record.value());
        long[] own =
            range.computeIfAbsent(
                record.partition(), key -> new long[] {Long.MAX_VALUE, Long.MIN_VALUE});
        if (!times.isHeartbeat()) {
          own[0] = Math.min(own[0], times.earliestMs());
          own[1] = Math.max(own[1], times.latestMs());
        }
        append(writer, record, payload, times);
      }
      summaries = writer.finish();
    }
    List<ArchivedRange> ranges = new ArrayList<>();
    for (PartitionSummary summary : summaries) {
      long[] own = range.get(summary.partition());
      ranges.add(
          ArchivedRange.ofFile(
              file.toUri().toString(),
              Files.size(file),
              "id",
              summary,
              own[0],
              own[1],
              "epoch-" + from,
              1_800_000_000_000L + from));
    }
    ArchiveManifest.append(catalog.archive(), ranges);
  }

  private static void append(
      ArchiveWriter writer, IntakeRecord record, PayloadBuffer payload, RecordFacts facts)
      throws IOException {
    new ArchivedRecord(
            record.topic(),
            record.partition(),
            record.offset(),
            record.brokerTimeMs(),
            0,
            null,
            List.of(
                new ArchivedRecord.Header(
                    IntakeHeaders.FORMAT, record.format().getBytes(StandardCharsets.UTF_8))),
            record.value())
        .putTo(payload);
    writer.append(
        record.topic(), record.partition(), record.offset(), record.brokerTimeMs(), payload, facts);
  }
}
