package tidemark.operators.replay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.operators.TestRecords;
import tidemark.serde.archive.ArchiveLimits;
import tidemark.serde.archive.ArchiveWriter;
import tidemark.serde.archive.ArchivedRecord;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.PayloadBuffer;
import tidemark.serde.archive.RecordFacts;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;

/**
 * Random archive files of a topic: records of some orgs, each with a time, and heartbeats. Values
 * name their record, so that whoever reads one can tell which it is.
 */
final class TestArchive {
  static final String TOPIC = TestRecords.TOPIC;
  private static final long START_MS = 1_700_000_000_000L;
  private static final String[] ORGS = {"acme", "b", ""};

  /** A record as it was archived. */
  record Entry(int partition, long offset, String org, long timeMs, boolean isHeartbeat)
      implements RecordFacts {
    @Override
    public long earliestMs() {
      return isHeartbeat ? ANY_EARLIEST_MS : timeMs;
    }

    @Override
    public long latestMs() {
      return isHeartbeat ? ANY_LATEST_MS : timeMs;
    }

    String name() {
      return "%d/%d".formatted(partition, offset);
    }
  }

  final List<Entry> entries = new ArrayList<>();
  final List<ArchiveSplit> splits = new ArrayList<>();

  /**
   * @param partitions of the topic; each begins and ends somewhere, and the wanted offsets within
   */
  TestArchive(Path folder, Random random, int partitions) throws IOException {
    long[] next = new long[partitions];
    long nowMs = START_MS;
    SortedMap<Integer, List<ArchiveSplit.Range>> ranges = new TreeMap<>();
    for (int file = 1 + random.nextInt(4); file > 0; file--) {
      List<Entry> records = new ArrayList<>();
      for (int i = random.nextInt(400); i > 0; i--) {
        nowMs += random.nextInt(1_000);
        int partition = random.nextInt(partitions);
        next[partition] += 1 + random.nextInt(2);
        boolean isHeartbeat = random.nextInt(6) == 0;
        String org = isHeartbeat ? "" : ORGS[random.nextInt(3)];
        records.add(
            new Entry(
                partition,
                next[partition],
                org,
                isHeartbeat ? nowMs : nowMs - random.nextInt(5_000),
                isHeartbeat));
      }
      entries.addAll(records);
      Path path = folder.resolve(file + ".tma");
      for (PartitionSummary summary : write(path, records, random)) {
        long cut = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
        if (summary.to() - cut > summary.from()) {
          ranges
              .computeIfAbsent(summary.partition(), key -> new ArrayList<>())
              .add(
                  new ArchiveSplit.Range(
                      path.toUri().toString(),
                      Files.size(path),
                      summary.from(),
                      summary.to() - cut,
                      summary.payloadBytes()));
        }
      }
    }
    ranges.forEach((partition, of) -> splits.add(ArchiveSplit.of(TOPIC, partition, of)));
  }

  private static List<PartitionSummary> write(Path path, List<Entry> records, Random random)
      throws IOException {
    ArchiveLimits limits = new ArchiveLimits(1_000 + random.nextInt(20_000), 500, 1);
    try (ArchiveWriter writer = new ArchiveWriter(limits);
        OutputStream out = Files.newOutputStream(path)) {
      writer.start(out);
      PayloadBuffer payload = new PayloadBuffer();
      for (Entry entry : records) {
        record(entry).putTo(payload);
        writer.append(TOPIC, entry.partition(), entry.offset(), entry.timeMs(), payload, entry);
      }
      return writer.finish();
    }
  }

  private static ArchivedRecord record(Entry entry) {
    List<ArchivedRecord.Header> headers = new ArrayList<>();
    if (entry.isHeartbeat()) {
      headers.add(header(IntakeHeaders.FORMAT, IntakeHeaders.HEARTBEAT));
    }
    if (!entry.org().isEmpty()) {
      headers.add(header(IntakeHeaders.ORG, entry.org()));
    }
    return new ArchivedRecord(
        TOPIC,
        entry.partition(),
        entry.offset(),
        entry.timeMs(),
        0,
        null,
        headers,
        entry.isHeartbeat()
            ? Heartbeat.bytes(entry.timeMs())
            : entry.name().getBytes(StandardCharsets.UTF_8));
  }

  private static ArchivedRecord.Header header(String key, String value) {
    return new ArchivedRecord.Header(key, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether a range that is read has the record. */
  boolean isInRange(Entry entry) {
    return splits.stream()
        .filter(split -> split.partition() == entry.partition())
        .flatMap(split -> split.ranges().stream())
        .anyMatch(range -> entry.offset() >= range.from() && entry.offset() < range.to());
  }
}
