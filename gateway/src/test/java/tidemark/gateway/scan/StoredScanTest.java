package tidemark.gateway.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.iceberg.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.scan.ScanRequest.Coarser;
import tidemark.gateway.scan.ScanRequest.Others;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.StoredColumns;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.ExactSum;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.SketchBuffer;

/** Cells of scans over files of ours, against loops over the rows that were written. */
class StoredScanTest {
  private static final long START_MS = 1_767_225_600_000L; // 2026-01-01
  private static final int TIER_SECONDS = 10;
  private static final int SERIES = 30;
  private static final String ORG = "acme";

  @TempDir Path folder;

  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final List<Row> rows = new ArrayList<>();
  private final List<StoredColumns> files = new ArrayList<>();

  /** What was written, by its own fields. */
  private record Row(
      String org,
      MetricType type,
      long seriesId,
      long windowMs,
      long count,
      double sum,
      double low,
      double min,
      double max,
      double last,
      long lastMs,
      SketchBuffer sketch) {}

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void cellsAreWhatTheRowsSay(long seed) throws IOException {
    Random random = new Random(seed);
    for (int file = 0; file < 3; file++) {
      write(random, 1 + random.nextInt(9_000));
    }
    for (int round = 0; round < 12; round++) {
      int groups = 1 + random.nextInt(5);
      boolean isOfFew = random.nextBoolean();
      List<Long> asked =
          IntStream.range(0, SERIES)
              .mapToObj(StoredScanTest::id)
              .filter(id -> !isOfFew || random.nextInt(10) == 0)
              .toList();
      long fromMs = random.nextBoolean() ? Long.MIN_VALUE : START_MS + random.nextInt(1_800_000);
      long toMs = random.nextBoolean() ? Long.MAX_VALUE : START_MS + 1_800_000 + random.nextInt(9);
      long stepMs = List.of(0L, 10_000L, 60_000L, 420_000L).get(random.nextInt(4));
      ScanRequest request =
          new ScanRequest(
              ORG,
              Optional.of(List.of("m")),
              Coarser.READ,
              groups(asked, groups),
              isOfFew ? Others.LEFT_OUT : Others.REFUSED,
              EnumSet.allOf(ScanColumn.class),
              fromMs,
              toMs,
              stepMs,
              files);
      int partRows = random.nextBoolean() ? StoredScan.PART_ROWS : 1 + random.nextInt(3_000);
      StoredScan scan = new StoredScan(request, threads, 3, Long.MAX_VALUE, partRows, () -> false);
      assertCells(scan, asked, groups, "seed %s, round %s: %s".formatted(seed, round, request));
    }
  }

  private static long id(int series) {
    return new Random(series).nextLong();
  }

  /** Series in turns, for each type. */
  private static SeriesGroups groups(List<Long> asked, int groups) {
    SeriesGroups.Builder builder = new SeriesGroups.Builder();
    for (MetricType type : MetricType.values()) {
      for (int group = 0; group < groups; group++) {
        int number = group;
        Object[] ids = asked.stream().filter(id -> Math.floorMod(id, groups) == number).toArray();
        if (ids.length > 0) {
          builder.addTogether("m", type, ids);
        }
      }
    }
    return builder.build();
  }

  private void write(Random random, int size) throws IOException {
    MetricNames names = new MetricNames(random.nextLong());
    RollupRows written = new RollupRows(names);
    PartialRow row = new PartialRow();
    for (int i = 0; i < size; i++) {
      String org = random.nextInt(5) == 0 ? "other" : ORG;
      MetricType type = MetricType.values()[random.nextInt(3)];
      SketchBuffer sketch = new SketchBuffer();
      row.type = type;
      row.name = names.number(type, org, random.nextInt(6) == 0 ? "n" : "m");
      row.seriesId = id(random.nextInt(SERIES));
      row.windowStartMs = START_MS + 10_000L * random.nextInt(360);
      row.count = 1L + random.nextInt(3);
      row.sum = Math.scalb(random.nextGaussian(), random.nextInt(120) - 60) + 0.0;
      row.low = random.nextInt(3) == 0 ? Math.ulp(row.sum) / 4 : 0;
      row.noRest();
      boolean isOnePoint = row.count == 1; // whose bounds are not stored
      row.min = isOnePoint ? row.sum : row.sum - Math.abs(row.sum);
      row.max = isOnePoint ? row.sum : row.sum + Math.abs(row.sum);
      row.last = isOnePoint ? row.sum : random.nextInt(3);
      row.lastTimestampMs = row.windowStartMs + random.nextInt(4);
      row.sketchError = 0;
      if (type == MetricType.DISTRIBUTION) {
        sketch.accept(random.nextGaussian());
        byte[] bytes = sketch.toBytes();
        row.sketch = bytes;
        row.sketchOffset = 0;
        row.sketchLength = bytes.length;
      }
      written.add(row);
      if (names.name(row.name).metric()[0] == 'm') {
        rows.add(
            new Row(
                org,
                type,
                row.seriesId,
                row.windowStartMs,
                row.count,
                row.sum,
                row.low,
                row.min,
                row.max,
                row.last,
                row.lastTimestampMs,
                sketch));
      }
    }
    Path path = folder.resolve(files.size() + ".parquet");
    TableFileWriter.writeRollups(
        written,
        TIER_SECONDS,
        "tier=10/window_start_day=2026-01-01",
        Files.localOutput(path.toFile()));
    files.add(StoredColumns.open(path).orElseThrow());
  }

  private void assertCells(StoredScan scan, List<Long> asked, int groups, String description) {
    ScanRequest request = scan.request();
    ScanCells cells = scan.run();
    int present = 0;
    for (int cell = 0; cell < cells.size(); cell++) {
      SeriesGroups.Member member = request.groups().member(scan.grid().group(cell));
      long atMs = scan.grid().windowStartMs(cell);
      List<Row> expected =
          rows.stream()
              .filter(row -> row.org().equals(ORG) && row.type() == member.type())
              .filter(row -> asked.contains(row.seriesId()))
              .filter(
                  row ->
                      Math.floorMod(row.seriesId(), groups)
                          == Math.floorMod(member.seriesId(), groups))
              .filter(row -> row.windowMs() >= request.fromMs() && row.windowMs() < request.toMs())
              .filter(row -> step(request, row.windowMs()) == step(request, atMs))
              .toList();
      assertThat(cells.isPresent[cell]).as(description).isEqualTo(!expected.isEmpty());
      if (!expected.isEmpty()) {
        present++;
        assertCell(cells, cell, expected, description);
      }
    }
    boolean isAnyAsked =
        rows.stream()
            .anyMatch(
                row ->
                    row.org().equals(ORG)
                        && asked.contains(row.seriesId())
                        && row.windowMs() >= request.fromMs()
                        && row.windowMs() < request.toMs());
    assertThat(present > 0).as(description).isEqualTo(isAnyAsked);
  }

  private static long step(ScanRequest request, long ms) {
    return request.stepMs() == 0 ? 0 : Math.floorDiv(ms, request.stepMs());
  }

  private static void assertCell(
      ScanCells cells, int cell, List<Row> expected, String description) {
    assertThat(cells.count[cell])
        .as(description)
        .isEqualTo(expected.stream().mapToLong(Row::count).sum());
    BigDecimal sum = BigDecimal.ZERO;
    for (Row row : expected) {
      sum = sum.add(new BigDecimal(row.sum())).add(new BigDecimal(row.low()));
    }
    ExactSum exact = cells.exactSum(cell);
    BigDecimal got = new BigDecimal(exact.value()).add(new BigDecimal(exact.low()));
    for (double component : exact.rest()) {
      got = got.add(new BigDecimal(component));
    }
    assertThat(got).as(description).isEqualByComparingTo(sum);
    MetricType type = expected.get(0).type();
    if (type != MetricType.COUNTER) {
      assertThat(cells.min[cell])
          .isEqualTo(expected.stream().mapToDouble(Row::min).min().getAsDouble());
      assertThat(cells.max[cell])
          .isEqualTo(expected.stream().mapToDouble(Row::max).max().getAsDouble());
    }
    assertThat(cells.hasLast(cell)).isEqualTo(type == MetricType.GAUGE);
    if (type == MetricType.GAUGE) {
      long newestMs = expected.stream().mapToLong(Row::lastMs).max().getAsLong();
      assertThat(cells.lastAtMs[cell]).isEqualTo(newestMs);
      assertThat(cells.last[cell])
          .isEqualTo(
              expected.stream()
                  .filter(row -> row.lastMs() == newestMs)
                  .mapToDouble(Row::last)
                  .max()
                  .getAsDouble());
    }
    if (type == MetricType.DISTRIBUTION) {
      SketchBuffer sketch = new SketchBuffer();
      expected.forEach(row -> sketch.merge(row.sketch()));
      assertThat(cells.sketch[cell].toSketch().toBytes()).isEqualTo(sketch.toBytes());
    }
  }

  @Test
  void aSeriesInNoGroupEndsTheScanIfThereShouldBeNone() throws IOException {
    write(new Random(1), 2_000);
    assertThatThrownBy(() -> scanOf(id(0), Others.REFUSED, false).run())
        .isInstanceOf(ScanException.class)
        .hasMessageContaining("a series that is not known yet");
    assertThat(scanOf(id(0), Others.LEFT_OUT, false).run().isPresent).contains(true);
  }

  @Test
  void aCancelledScanEnds() throws IOException {
    write(new Random(1), 2_000);
    assertThatThrownBy(() -> scanOf(id(0), Others.LEFT_OUT, true).run())
        .isInstanceOf(ScanException.class)
        .hasMessageContaining("it was cancelled");
  }

  @Test
  void cellsReadAheadAreForOneReader() throws IOException {
    write(new Random(1), 2_000);
    StoredScan scan = scanOf(id(0), Others.LEFT_OUT, false);
    scan.runAhead();
    ScanCells first = scan.take();
    ScanCells second = scan.take(); // a sum makes itself canonical when it is read
    assertThat(second).isNotSameAs(first);
    assertThat(second.count).isEqualTo(first.count);
    assertThat(first.isPresent).contains(true);
  }

  private StoredScan scanOf(long id, Others others, boolean isCancelled) {
    SeriesGroups.Builder groups = new SeriesGroups.Builder();
    groups.addTogether("m", MetricType.GAUGE, id);
    ScanRequest request =
        new ScanRequest(
            ORG,
            Optional.empty(),
            Coarser.READ,
            groups.build(),
            others,
            EnumSet.of(ScanColumn.COUNT),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0,
            files);
    return new StoredScan(
        request, threads, 3, Long.MAX_VALUE, StoredScan.PART_ROWS, () -> isCancelled);
  }
}
