package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveLawsTest {
  private static final String[] ORGS = {"acme", "b", "\u20ac\uD83D\uDE00", "zz", "nobody"};

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 60);
  }

  private static ArchiveLimits limits(Random random) {
    int segmentBytes = 1 + random.nextInt(1 << (4 + random.nextInt(16)));
    int blockBytes = 1 + random.nextInt(1 << (4 + random.nextInt(14)));
    return new ArchiveLimits(segmentBytes, blockBytes, 1 + random.nextInt(4));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void recordsComeBackAsTheyWere(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = Archives.random(random, random.nextInt(400));
    Archives.Written written = Archives.write(limits(random), entries);
    List<ArchivedRecord> read =
        new ArrayList<>(Archives.read(written.bytes(), ArchiveFilter.all()));
    read.sort(Archives.BY_PLACE);
    assertThat(read)
        .as("seed %s", seed)
        .isEqualTo(entries.stream().map(Entry::record).sorted(Archives.BY_PLACE).toList());
  }

  /** Many orgs, and segments of many pages, which records cross the ends of. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void recordsOfManyOrgsAndPagesComeBack(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      byte[] value = new byte[random.nextInt(20) == 0 ? 0 : random.nextInt(1_000)];
      random.nextBytes(value);
      ArchivedRecord record =
          new ArchivedRecord("t", i % 3, i, i, 1, new byte[i % 50], List.of(), value);
      entries.add(Entry.of(record, "org" + random.nextInt(400), i, i));
    }
    ArchiveLimits limits = new ArchiveLimits(1 << (17 + random.nextInt(5)), 1 << 20, 1);
    byte[] file = Archives.write(limits, entries).bytes();
    assertThatGroupsHaveOneBlockEach(file);
    List<ArchivedRecord> read = new ArrayList<>(Archives.read(file, ArchiveFilter.all()));
    read.sort(Archives.BY_PLACE);
    assertThat(read)
        .as("seed %s", seed)
        .isEqualTo(entries.stream().map(Entry::record).sorted(Archives.BY_PLACE).toList());
    String org = "org" + random.nextInt(400);
    List<ArchivedRecord> own = Archives.read(file, ArchiveFilter.all().orgs(Set.of(org)));
    assertThat(own)
        .as("seed %s, %s, in order", seed, org)
        .isEqualTo(
            entries.stream()
                .filter(entry -> entry.org().equals(org))
                .map(Entry::record)
                .sorted(Archives.BY_PLACE)
                .toList());
  }

  /** Of a partition and org in a segment, if a block may be that long. */
  private static void assertThatGroupsHaveOneBlockEach(byte[] file) throws IOException {
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      assertThat(reader.blocks(ArchiveFilter.all()))
          .extracting(b -> b.segment() + " " + b.partitionNumber() + " " + b.kind() + b.org())
          .doesNotHaveDuplicates();
    }
  }

  /** By partition and segment, offsets rising in a block, a segment's heartbeats at its end. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void theyComeInTheOrderThatReplayNeeds(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = Archives.random(random, 300);
    Map<String, Entry> byPlace = byPlace(entries);
    byte[] file = Archives.write(limits(random), entries).bytes();
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      RecordCursor cursor = reader.read(ArchiveFilter.all());
      Set<String> partitionsDone = new HashSet<>();
      Map<String, Long> endOfSegmentBefore = new HashMap<>();
      String partition = "";
      int block = -1;
      ArchiveBlock last = null;
      while (cursor.next()) {
        ArchiveBlock now = cursor.blocks().get(cursor.block());
        String name = cursor.topic() + "/" + cursor.partition();
        if (!name.equals(partition)) {
          assertThat(partitionsDone.add(name)).as("seed %s, %s again", seed, name).isTrue();
          partition = name;
        } else if (cursor.block() != block) {
          assertThat(now.segment()).isGreaterThanOrEqualTo(last.segment());
          if (now.segment() == last.segment()) {
            assertThat(sortKey(now)).as("seed %s", seed).isGreaterThanOrEqualTo(sortKey(last));
          } else {
            endOfSegmentBefore.put(name, greatestOffset(cursor.blocks(), last));
          }
        }
        assertThat(cursor.offset()).isGreaterThan(endOfSegmentBefore.getOrDefault(name, -1L));
        Entry entry = byPlace.get(name + "/" + cursor.offset());
        assertThat(cursor.org()).isEqualTo(entry.isHeartbeat() ? "" : entry.org());
        assertThat(cursor.isHeartbeat()).isEqualTo(entry.isHeartbeat());
        block = cursor.block();
        last = now;
      }
    }
  }

  private static String sortKey(ArchiveBlock block) {
    return (block.kind() == ArchiveBlock.Kind.POINTS ? "0" : "1") + block.org();
  }

  private static long greatestOffset(List<ArchiveBlock> blocks, ArchiveBlock of) {
    return blocks.stream()
        .filter(b -> b.partitionNumber() == of.partitionNumber() && b.segment() == of.segment())
        .mapToLong(ArchiveBlock::lastOffset)
        .max()
        .orElseThrow();
  }

  /** With a record a block, a filter is exact; with more, times choose whole blocks. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void aFilterGivesWhatANaiveOneGives(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = Archives.random(random, 200);
    ArchiveLimits limits = seed % 2 == 0 ? new ArchiveLimits(1 << 16, 1, 1) : limits(random);
    byte[] file = Archives.write(limits, entries).bytes();
    Map<String, Times> timesOfBlock = timesOfBlocks(file, entries);
    for (int i = 0; i < 20; i++) {
      NaiveFilter naive = NaiveFilter.random(random, entries);
      Set<String> read = places(Archives.read(file, naive.filter()));
      Set<String> wanted = new TreeSet<>();
      Set<String> exact = new TreeSet<>();
      for (Entry entry : entries) {
        if (naive.wants(entry, timesOfBlock.get(entry.place()))) {
          wanted.add(entry.place());
        }
        if (naive.wants(entry, new Times(entry.earliestMs(), entry.latestMs()))) {
          exact.add(entry.place());
        }
      }
      assertThat(read).as("seed %s, %s", seed, naive).isEqualTo(wanted).containsAll(exact);
      if (seed % 2 == 0) {
        assertThat(read).as("seed %s, %s", seed, naive).isEqualTo(exact);
      }
    }
  }

  private record Times(long earliestMs, long latestMs) {}

  /** Times of each record's block, from the records that were in it. */
  private static Map<String, Times> timesOfBlocks(byte[] file, List<Entry> entries)
      throws IOException {
    Map<String, Entry> byPlace = byPlace(entries);
    Map<String, Times> times = new HashMap<>();
    try (ReadBuffers buffers = new ReadBuffers();
        ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
      Map<Integer, List<Entry>> byBlock = new HashMap<>();
      RecordCursor cursor = reader.read(ArchiveFilter.all());
      while (cursor.next()) {
        byBlock
            .computeIfAbsent(cursor.block(), b -> new ArrayList<>())
            .add(byPlace.get(place(cursor.record())));
      }
      for (List<Entry> block : byBlock.values()) {
        Times all =
            new Times(
                block.stream().mapToLong(Entry::earliestMs).min().orElseThrow(),
                block.stream().mapToLong(Entry::latestMs).max().orElseThrow());
        block.forEach(entry -> times.put(entry.place(), all));
      }
    }
    return times;
  }

  private record NaiveFilter(
      String topic, int partition, long from, long to, Set<String> orgs, Times times, int beats) {

    static NaiveFilter random(Random random, List<Entry> entries) {
      ArchivedRecord one = entries.get(random.nextInt(entries.size())).record();
      long from = Math.max(0, one.offset() - random.nextInt(100));
      Set<String> orgs = new HashSet<>();
      for (int i = random.nextInt(3); i > 0; i--) {
        orgs.add(ORGS[random.nextInt(ORGS.length)]);
      }
      long fromMs = random.nextLong(11_000) - 500;
      return new NaiveFilter(
          random.nextBoolean() ? one.topic() : null,
          one.partition(),
          from,
          from + random.nextInt(200),
          orgs,
          random.nextBoolean() ? new Times(fromMs, fromMs + 1 + random.nextInt(500)) : null,
          random.nextInt(2));
    }

    ArchiveFilter filter() {
      ArchiveFilter filter = ArchiveFilter.all();
      filter = topic == null ? filter : filter.partition(topic, partition, from, to);
      filter = orgs.isEmpty() ? filter : filter.orgs(orgs);
      filter = times == null ? filter : filter.times(times.earliestMs, times.latestMs);
      return beats == 0 ? filter.withoutHeartbeats() : filter;
    }

    boolean wants(Entry entry, Times ofEntry) {
      ArchivedRecord record = entry.record();
      if (topic != null
          && !(record.topic().equals(topic)
              && record.partition() == partition
              && record.offset() >= from
              && record.offset() < to)) {
        return false;
      }
      if (entry.isHeartbeat()) {
        return beats == 1;
      }
      boolean isOrg = orgs.isEmpty() || entry.org().isEmpty() || orgs.contains(entry.org());
      boolean isTime =
          times == null
              || (ofEntry.earliestMs < times.latestMs && ofEntry.latestMs >= times.earliestMs);
      return isOrg && isTime;
    }
  }

  /** A reader that stops anywhere and comes back to that place misses and doubles nothing. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void readingGoesOnWhereItStopped(long seed) throws IOException {
    Random random = new Random(seed);
    List<Entry> entries = Archives.random(random, 100);
    byte[] file = Archives.write(limits(random), entries).bytes();
    ArchiveFilter filter = NaiveFilter.random(random, entries).filter();
    List<ArchivedRecord> whole = Archives.read(file, filter);
    List<ArchivedRecord> inParts = new ArrayList<>();
    int block = -1;
    int passed = 0;
    boolean hasMore = true;
    while (hasMore) {
      try (ReadBuffers buffers = new ReadBuffers();
          ArchiveReader reader = ArchiveReader.open(new MemoryFile(file), buffers)) {
        RecordCursor cursor = reader.read(filter);
        cursor.seek(block, passed);
        for (int i = 1 + random.nextInt(20); i > 0 && hasMore; i--) {
          hasMore = cursor.next();
          if (hasMore) {
            inParts.add(cursor.record());
            block = cursor.block();
            passed = cursor.recordsPassed();
          }
        }
      }
    }
    assertThat(inParts).as("seed %s", seed).isEqualTo(whole);
  }

  private static Map<String, Entry> byPlace(List<Entry> entries) {
    Map<String, Entry> byPlace = new HashMap<>();
    entries.forEach(entry -> byPlace.put(entry.place(), entry));
    return byPlace;
  }

  private static Set<String> places(List<ArchivedRecord> records) {
    Set<String> places = new TreeSet<>();
    records.forEach(record -> assertThat(places.add(place(record))).isTrue());
    return places;
  }

  private static String place(ArchivedRecord record) {
    return record.topic() + "/" + record.partition() + "/" + record.offset();
  }
}
