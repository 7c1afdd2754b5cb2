package tidemark.serde.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Random records, and files of them. */
final class Archives {
  static final Comparator<ArchivedRecord> BY_PLACE =
      Comparator.comparing(ArchivedRecord::topic)
          .thenComparing(ArchivedRecord::partition)
          .thenComparing(ArchivedRecord::offset);

  private static final String[] TOPICS = {"points", "points-2", "p\u00e4"};
  private static final String[] ORGS = {"", "acme", "b", "\u20ac\uD83D\uDE00", "zz"};
  private static final String[] HEADERS = {"tidemark-org", "tidemark-format", "", "\u00e9", "x"};

  private Archives() {}

  /** A file, and what its writer said of it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Written(byte[] bytes, List<PartitionSummary> summaries) {}

  static Written write(ArchiveLimits limits, List<Entry> entries) throws IOException {
    try (ArchiveWriter writer = new ArchiveWriter(limits)) {
      return write(writer, entries);
    }
  }

  static Written write(ArchiveWriter writer, List<Entry> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.start(out);
    PayloadBuffer payload = new PayloadBuffer();
    for (Entry entry : entries) {
      append(writer, entry, payload);
    }
    List<PartitionSummary> summaries = writer.finish();
    return new Written(out.toByteArray(), summaries);
  }

  static void append(ArchiveWriter writer, Entry entry, PayloadBuffer payload) throws IOException {
    ArchivedRecord record = entry.record();
    record.putTo(payload);
    writer.append(
        record.topic(), record.partition(), record.offset(), record.timestampMs(), payload, entry);
  }

  /** All records that a filter wants, in the order in which they come. */
  static List<ArchivedRecord> read(byte[] file, ArchiveFilter filter) throws IOException {
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      List<ArchivedRecord> records = new ArrayList<>();
      RecordCursor cursor = reader.read(filter);
      while (cursor.next()) {
        records.add(cursor.record());
      }
      return records;
    }
  }

  /** Records of up to 4 partitions as they might come, with awkward values. */
  static List<Entry> random(Random random, int count) {
    int partitions = 1 + random.nextInt(4);
    long[] next = new long[partitions];
    for (int i = 0; i < partitions; i++) {
      next[i] = random.nextInt(3) == 0 ? Long.MAX_VALUE - 1_000_000 : random.nextInt(1_000);
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int partition = random.nextInt(partitions);
      next[partition] += 1 + (random.nextInt(5) == 0 ? random.nextInt(100) : 0);
      entries.add(entry(random, TOPICS[partition % 3], partition * 7, next[partition]));
    }
    return entries;
  }

  private static Entry entry(Random random, String topic, int partition, long offset) {
    ArchivedRecord record = record(random, topic, partition, offset);
    if (random.nextInt(10) == 0) {
      return Entry.heartbeat(record);
    }
    String org = ORGS[random.nextInt(ORGS.length)];
    if (random.nextInt(20) == 0) {
      return Entry.unreadable(record, org);
    }
    long earliestMs = random.nextInt(30) == 0 ? random.nextLong() : random.nextInt(10_000);
    long latestMs = earliestMs + (earliestMs < 10_000 ? random.nextInt(500) : 0);
    return Entry.of(record, org, earliestMs, latestMs);
  }

  static ArchivedRecord record(Random random, String topic, int partition, long offset) {
    List<ArchivedRecord.Header> headers = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String key = HEADERS[random.nextInt(HEADERS.length)];
      headers.add(new ArchivedRecord.Header(key, bytes(random, 20)));
      if (random.nextInt(3) == 0) {
        headers.add(headers.get(0)); // again
      }
    }
    return new ArchivedRecord(
        topic,
        partition,
        offset,
        random.nextInt(20) == 0 ? random.nextLong() : 1_700_000_000_000L + random.nextInt(100_000),
        random.nextInt(3) - 1,
        bytes(random, 10),
        headers,
        bytes(random, random.nextInt(30) == 0 ? 5_000 : 200));
  }

  /** Null, empty, text that compresses, or noise. */
  private static byte[] bytes(Random random, int max) {
    switch (random.nextInt(6)) {
      case 0 -> {
        return null;
      }
      case 1 -> {
        return new byte[0];
      }
      case 2 -> {
        return "metric".repeat(random.nextInt(max)).getBytes(StandardCharsets.UTF_8);
      }
      default -> {
        byte[] noise = new byte[random.nextInt(max)];
        random.nextBytes(noise);
        return noise;
      }
    }
  }
}
