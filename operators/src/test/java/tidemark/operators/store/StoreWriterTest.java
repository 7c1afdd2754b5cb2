package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.util.JsonUtil;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesFileReader;
import tidemark.serde.table.SeriesTable;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;

class StoreWriterTest {
  private static final long DAY_MS = 86_400_000L;

  @TempDir Path folder;
  private final Map<String, Counter> counters = new HashMap<>();
  private StoreFolder store;

  @BeforeEach
  void open() {
    store = new StoreFolder(folder);
  }

  @Test
  void anEpochIsOneFileForEachTierAndDay() throws IOException {
    try (StoreWriter writer = writer(store.config())) {
      writer.write(batch(10, 3, 0L));
      writer.write(batch(10, 2, DAY_MS));
      writer.write(batch(10, 4, DAY_MS - 20_000L)); // two in each day
      writer.write(batch(60, 5, 0L));
      WriterResult result = writer.closeEpoch();
      assertThat(rowsByPartition(result))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of("10/0", List.of(5L), "10/1", List.of(4L), "60/0", List.of(5L)));
      assertThat(result.report().count(EpochReport.POINTS_STORED)).isEqualTo(9);
      assertThat(counters.get("rowsWritten").getCount()).isEqualTo(14);
      assertThat(counters.get("filesWritten").getCount()).isEqualTo(3);
      assertThat(counters.get("writeRetries").getCount()).isZero();

      WriterResult next = writer.closeEpoch(); // nothing is left over
      assertThat(next.rollupFiles()).isEmpty();
      assertThat(next.report().count(EpochReport.POINTS_STORED)).isZero();
    }
  }

  @Test
  void aFullBufferBecomesAFileEarly() throws IOException {
    try (StoreWriter writer = writer(store.config())) { // 1 MB
      for (int i = 0; i < 4; i++) {
        writer.write(batch(10, 10_000, 0L));
      }
      assertThat(counters.get("filesWritten").getCount()).isPositive();
      long rows = 0;
      for (List<Long> files : rowsByPartition(writer.closeEpoch()).values()) {
        assertThat(files).hasSizeGreaterThan(1);
        rows += files.stream().mapToLong(Long::longValue).sum();
      }
      assertThat(rows).isEqualTo(40_000);
    }
  }

  @Test
  void aFileIsWrittenInStepsWhileRowsCome() throws IOException {
    try (StoreWriter writer = writer(store.config())) { // 1 MB
      writer.write(batch(10, 2_000, 0L));
      assertThat(writer.hasStep()).isFalse(); // less than a quarter of it
      writer.write(batch(10, 2_000, 0L));
      int steps = 0;
      while (writer.hasStep()) {
        writer.step();
        steps++;
        writer.write(batch(10, 10, 0L));
        writer.write(batch(60, 1, DAY_MS));
      }
      assertThat(steps).isGreaterThan(5);
      assertThat(counters.get("rowsWritten").getCount()).isEqualTo(4_000);
      writer.step(); // in vain
      assertThat(rowsByPartition(writer.closeEpoch()))
          .isEqualTo(Map.of("10/0", List.of(4_000L, 10L * steps), "60/1", List.of((long) steps)));
    }
  }

  @Test
  void aBarrierCompletesTheFileThatWasBegun() throws IOException {
    for (int steps = 1; steps < 7; steps++) {
      try (StoreWriter writer = writer(store.config())) {
        writer.write(batch(10, 4_000, 0L));
        for (int i = 0; i < steps; i++) {
          writer.step();
        }
        writer.write(batch(10, 100, 0L));
        assertThat(rowsByPartition(writer.closeEpoch()))
            .as("%s steps", steps)
            .isEqualTo(Map.of("10/0", List.of(4_000L, 100L)));
        assertThat(writer.hasStep()).isFalse();
        assertThat(writer.closeEpoch().rollupFiles()).isEmpty();
      }
    }
  }

  @Test
  void aFileThatBreaksOffBetweenStepsIsWrittenAnew() throws IOException {
    try (StoreWriter writer = writer(store.config())) {
      writer.write(batch(10, 4_000, 0L));
      writer.closeEpoch();
    }
    int all = (int) counters.get("bytesWritten").getCount();
    for (int bytes : new int[] {0, 4, 1_000, all - 1}) { // the head is 4 bytes
      counters.clear();
      try (BreakingFiles files = new BreakingFiles(bytes);
          StoreWriter writer =
              new StoreWriter(store.config(), "0-0", StoreStage.Counted.POINTS, metrics(), files)) {
        writer.write(batch(10, 4_000, 0L));
        while (writer.hasStep()) {
          writer.step();
        }
        assertThat(counters.get("writeRetries").getCount()).as("%s bytes", bytes).isEqualTo(1);
        WriterResult result = writer.closeEpoch();
        assertThat(rowsByPartition(result)).isEqualTo(Map.of("10/0", List.of(4_000L)));
        assertThat(files.created()).isEqualTo(2);
      }
    }
  }

  @Test
  void manySeriesAreWrittenBeforeTheBarrier() throws IOException {
    int batches = 42;
    try (StoreWriter writer = writer(store.config())) {
      for (int i = 0; i < batches; i++) {
        writer.write(series(i * 2_000, 2_000));
      }
      long before = counters.get("rowsWritten").getCount();
      assertThat(before).isBetween(batches * 2_000L * 3 / 4, batches * 2_000L - 1);
      List<String> files = writer.closeEpoch().seriesFiles();
      assertThat(files).hasSizeGreaterThan(2);
      assertThat(counters.get("rowsWritten").getCount()).isEqualTo(batches * 2_000L);
      assertThat(idsOf(files))
          .containsExactlyInAnyOrderElementsOf(
              LongStream.range(0, batches * 2_000L).boxed().toList());

      writer.write(series(7, 1));
      assertThat(idsOf(writer.closeEpoch().seriesFiles())).containsExactly(7L); // nothing else
    }
  }

  @Test
  void anObjectStoreThatDoesNotTakeAFileIsTriedAgain() throws IOException {
    Path blocked = block();
    counters.put(
        "writeRetries",
        new SimpleCounter() {
          @Override
          public void inc() {
            super.inc();
            if (getCount() == 3) {
              unblock(blocked);
            }
          }
        });
    try (StoreWriter writer = writer(store.config())) {
      writer.write(batch(10, 3, 0L));
      assertThat(rowsByPartition(writer.closeEpoch())).isEqualTo(Map.of("10/0", List.of(3L)));
    }
    assertThat(counters.get("writeRetries").getCount()).isEqualTo(2);
  }

  @Test
  void afterTheLimitTheErrorIsPassedOn() throws IOException {
    block();
    StoreConfig impatient =
        new StoreConfig(
            store.config().warehouse(),
            store.catalogUri(),
            "tidemark",
            1 << 20,
            "main",
            StoreOptions.OnExisting.REFUSE,
            OnAhead.parse("refuse"),
            0L);
    try (StoreWriter writer = writer(impatient)) {
      writer.write(batch(10, 3, 0L));
      assertThatThrownBy(writer::closeEpoch)
          .isInstanceOfAny(UncheckedIOException.class, IOException.class)
          .hasMessageContaining("rollups/data/tier=10");
    }
  }

  /** A file stands where the folder of the data should be. */
  private Path block() throws IOException {
    Path folderOfData = folder.resolve("warehouse/tidemark/rollups/data");
    Files.createDirectories(folderOfData.getParent());
    return Files.createFile(folderOfData);
  }

  private static void unblock(Path blocked) {
    try {
      Files.delete(blocked);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private StoreWriter writer(StoreConfig config) {
    return new StoreWriter(config, "0-0", StoreStage.Counted.POINTS, metrics());
  }

  private MetricGroup metrics() {
    return new UnregisteredMetricsGroup() {
      @Override
      public MetricGroup addGroup(String name) {
        return this;
      }

      @Override
      public Counter counter(String name) {
        return counters.computeIfAbsent(name, key -> new SimpleCounter());
      }
    };
  }

  /** Rows with one point each, in windows one after the other. */
  private static PartialBatch batch(int tierSeconds, int rows, long firstWindowMs) {
    MetricNames names = new MetricNames(1);
    PartialWriter writer = new PartialWriter(names, new PartialBatch(64));
    writer.begin(0, tierSeconds);
    for (int i = 0; i < rows; i++) {
      PartialRow row = new PartialRow();
      row.type = MetricType.COUNTER;
      row.seriesId = i;
      row.name = names.number(MetricType.COUNTER, "acme", "requests");
      row.windowStartMs = firstWindowMs + (rows > 100 ? 0 : i * 10_000L);
      row.count = 1;
      row.sum = 1;
      writer.write(row);
    }
    return writer.batch();
  }

  private static PartialBatch series(int firstId, int count) {
    PartialBatch batch = new PartialBatch(1 << 20);
    batch.reset(PartialBatch.Kind.SERIES, 0, PartialBatch.OPEN);
    for (int id = firstId; id < firstId + count; id++) {
      SeriesIdentity identity =
          new SeriesIdentity("acme", "requests", List.of("host:" + "long-".repeat(100) + id));
      SeriesCodec.append(new SeriesEntry(id, 1L, MetricType.COUNTER, identity, 0L, 0L), batch);
    }
    return batch;
  }

  private static List<Long> idsOf(List<String> seriesFiles) throws IOException {
    List<Long> ids = new ArrayList<>();
    for (String json : seriesFiles) {
      DataFile file =
          (DataFile) ContentFileParser.fromJson(JsonUtil.mapper().readTree(json), SeriesTable.SPEC);
      try (SeriesFileReader rows =
          new SeriesFileReader(new FlinkFileIO().newInputFile(file.location()))) {
        while (rows.hasNext()) {
          ids.add(rows.next().seriesId());
        }
      }
    }
    return ids;
  }

  private static Map<String, List<Long>> rowsByPartition(WriterResult result) throws IOException {
    Map<String, List<Long>> rows = new HashMap<>();
    for (String json : result.rollupFiles()) {
      DataFile file =
          (DataFile)
              ContentFileParser.fromJson(JsonUtil.mapper().readTree(json), RollupsTable.SPEC);
      String partition =
          file.partition().get(0, Integer.class) + "/" + file.partition().get(1, Integer.class);
      rows.computeIfAbsent(partition, key -> new ArrayList<>()).add(file.recordCount());
    }
    return rows;
  }
}
