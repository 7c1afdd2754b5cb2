package tidemark.serde.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.iceberg.Files;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Columns are read in strips, with gaps, and compared with the records that were written. */
class RowGroupColumnsTest {
  private static final long NONE = Long.MIN_VALUE + 1;
  private static final List<Integer> NUMBERS =
      List.of(
          RollupsTable.TIER,
          RollupsTable.SERIES_ID,
          RollupsTable.WINDOW_START,
          RollupsTable.COUNT,
          RollupsTable.SUM,
          RollupsTable.SUM_LOW,
          RollupsTable.MIN,
          RollupsTable.MAX,
          RollupsTable.LAST,
          RollupsTable.LAST_MS,
          RollupsTable.SKETCH_ERROR);

  @TempDir Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void columnsOfOurFilesAreReadWithGaps(long seed) throws IOException {
    RandomRollups rollups = new RandomRollups(seed, 60_000, 40);
    Path path = folder.resolve("ours.parquet");
    RollupFileWriter.write(
        rollups.rows, RandomRollups.TIER_SECONDS, Files.localOutput(path.toFile()), 45_000);
    assertReads(path, rollups.expected, new Random(seed), 2);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {4, 5, 6})
  void columnsOfAnotherWritersFilesAreReadWithGaps(long seed) throws IOException {
    RandomRollups rollups = new RandomRollups(seed, 20_000, 40);
    Path path = folder.resolve("theirs.parquet");
    writeTheirs(path, rollups.expected, "zstd");
    assertReads(path, rollups.expected, new Random(seed), 1);
  }

  @Test
  void aFileOfAnotherLayoutIsLeftToOthers() throws IOException {
    RandomRollups rollups = new RandomRollups(7, 100, 40);
    Path path = folder.resolve("gzip.parquet");
    writeTheirs(path, rollups.expected, "gzip");
    assertThat(StoredColumns.open(path)).isEmpty();
  }

  private static void writeTheirs(Path path, List<Record> rows, String codec) throws IOException {
    try (FileAppender<Record> appender =
        Parquet.write(Files.localOutput(path.toFile()))
            .schema(RollupsTable.SCHEMA)
            .set("write.parquet.compression-codec", codec)
            .set("write.parquet.page-row-limit", "700")
            .set("write.parquet.dict-size-bytes", "20000") // so that columns give it up halfway
            .createWriterFunc(type -> GenericParquetWriter.create(RollupsTable.SCHEMA, type))
            .build()) {
      rows.forEach(appender::add);
    }
  }

  private static void assertReads(Path path, List<Record> rows, Random random, int groups)
      throws IOException {
    StoredColumns file = StoredColumns.open(path).orElseThrow();
    assertThat(file.rowGroups()).isEqualTo(groups);
    int first = 0;
    try (RowGroupColumns columns = new RowGroupColumns()) {
      for (int group = 0; group < groups; group++) {
        List<Record> ofGroup = rows.subList(first, first + (int) file.rows(group));
        columns.open(file, group);
        for (int at = 0; at < ofGroup.size(); ) {
          int count = Math.min(1 + random.nextInt(3_000), ofGroup.size() - at);
          assertStrip(columns, at, ofGroup.subList(at, at + count), random);
          at += count + (random.nextBoolean() ? random.nextInt(9_000) : 0);
        }
        assertPlaces(file, group, ofGroup, random);
        first += ofGroup.size();
      }
    }
    assertThat(first).isEqualTo(rows.size());
  }

  private static void assertStrip(RowGroupColumns columns, int at, List<Record> rows, Random random)
      throws IOException {
    for (int field : NUMBERS) {
      if (random.nextInt(4) > 0) { // or it falls behind the others
        long[] values = new long[rows.size()];
        Arrays.fill(values, NONE);
        columns.column(field, at).read(values, values.length);
        assertThat(values)
            .as("field %s from row %s", field, at)
            .isEqualTo(rows.stream().mapToLong(row -> bits(row.get(field - 1))).toArray());
      }
    }
    for (int field : List.of(RollupsTable.ORG, RollupsTable.METRIC, RollupsTable.TYPE)) {
      int[] numbers = new int[rows.size()];
      ColumnPages texts = columns.column(field, at);
      texts.readTexts(numbers, numbers.length);
      for (int i = 0; i < numbers.length; i++) {
        assertThat(new String(texts.texts()[numbers[i]], UTF_8))
            .isEqualTo(rows.get(i).get(field - 1));
      }
    }
    for (int field : List.of(RollupsTable.SUM_REST, RollupsTable.SKETCH)) {
      ByteBuffer[] values = new ByteBuffer[rows.size()];
      columns
          .column(field, at)
          .readBytes(
              values.length,
              (i, bytes, offset, length) ->
                  values[i] = ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + length)));
      assertThat(values).isEqualTo(rows.stream().map(row -> row.get(field - 1)).toArray());
    }
  }

  private static long bits(Object value) {
    if (value instanceof Double number) {
      return Double.doubleToRawLongBits(number);
    }
    if (value instanceof OffsetDateTime time) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, time.toInstant());
    }
    return value == null ? NONE : ((Number) value).longValue();
  }

  private static void assertPlaces(
      StoredColumns file, int group, List<Record> rows, Random random) {
    long[] ids = rows.stream().mapToLong(row -> (Long) row.getField("series_id")).toArray();
    assertThat(file.min(group, RollupsTable.SERIES_ID))
        .isEqualTo(Arrays.stream(ids).min().getAsLong());
    assertThat(file.max(group, RollupsTable.SERIES_ID))
        .isEqualTo(Arrays.stream(ids).max().getAsLong());
    for (String org : List.of("org-0", "org-1", "org-2")) {
      boolean isThere = rows.stream().anyMatch(row -> row.getField("org").equals(org));
      boolean isAll = rows.stream().allMatch(row -> row.getField("org").equals(org));
      assertThat(file.mayHold(group, RollupsTable.ORG, org.getBytes(UTF_8)) || !isThere).isTrue();
      assertThat(file.holdsOnly(group, RollupsTable.ORG, org.getBytes(UTF_8))).isEqualTo(isAll);
    }
    List<Long> wanted = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      wanted.add(ids[random.nextInt(ids.length)]);
    }
    long[] ranges =
        file.rowsOf(group, wanted.stream().mapToLong(Long::longValue).sorted().toArray());
    for (int row = 0; row < ids.length; row++) {
      int at = row;
      boolean isIn = false;
      for (int i = 0; i < ranges.length; i += 2) {
        isIn |= ranges[i] <= at && at < ranges[i + 1];
      }
      assertThat(isIn || !wanted.contains(ids[row])).as("row %s", row).isTrue();
    }
  }
}
