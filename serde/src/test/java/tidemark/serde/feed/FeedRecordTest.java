package tidemark.serde.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.partial.PartialBatch;

class FeedRecordTest {
  private static final UUID JOB = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final UUID ID = UUID.fromString("ffeeddcc-bbaa-9988-7766-554433221100");
  private static final FeedWriter WRITER =
      new FeedWriter(JOB, ID, 1_795_823_940_000L, 41L, 64, 0x8001);
  private static final String WHO =
      "00112233445566778899aabbccddeeff"
          + "ffeeddccbbaa99887766554433221100"
          + "000001a21f72b1a0" // started
          + "0000000000000029" // restored from 41
          + "00408001"; // key groups

  // Of version 2; never edited. Version 1 has the same but for its first byte.
  private static final String STARTED = "0200" + WHO + "0000000000000029";
  private static final String ROWS =
      "0201" + WHO + "000000000000002a" + "8001" + "0000003c" + "0a0b0c";
  private static final String SERIES = "0202" + WHO + "000000000000002a" + "0041" + "0d0e";
  private static final String WATERMARK = "0203" + WHO + "000000000000002a" + "000001a21f72d8af";

  private static final String STATUS = "0204" + WHO + "000000000000002a" + "0f10";

  private static final PartialBatch ROWS_OF_A_MINUTE =
      batch(PartialBatch.Kind.PARTIALS, 0x8001, 60, 10, 11, 12);
  private static final PartialBatch TWO_BYTES_OF_SERIES =
      batch(PartialBatch.Kind.SERIES, 65, PartialBatch.OPEN, 13, 14);

  private static final PartialBatch TWO_BYTES_OF_STATUS =
      batch(PartialBatch.Kind.STATUS, 0, PartialBatch.OPEN, 15, 16);

  /** Longer than what is written, as batches in use are. */
  private static PartialBatch batch(
      PartialBatch.Kind kind, int keyGroup, int tierSeconds, int... bytes) {
    PartialBatch batch = new PartialBatch(64);
    batch.reset(kind, keyGroup, tierSeconds);
    byte[] array = batch.reserve(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    batch.setLength(bytes.length);
    return batch;
  }

  @Test
  void goldenBytes() {
    assertThat(hex(FeedRecord.started(WRITER))).isEqualTo(STARTED);
    assertThat(hex(FeedRecord.batch(WRITER, 42L, ROWS_OF_A_MINUTE))).isEqualTo(ROWS);
    assertThat(hex(FeedRecord.batch(WRITER, 42L, TWO_BYTES_OF_SERIES))).isEqualTo(SERIES);
    assertThat(hex(FeedRecord.watermark(WRITER, 42L, 1_795_823_949_999L))).isEqualTo(WATERMARK);
    assertThat(hex(FeedRecord.status(WRITER, 42L, TWO_BYTES_OF_STATUS))).isEqualTo(STATUS);
    FeedRecord status = FeedRecord.ofBytes(HexFormat.of().parseHex(STATUS));
    assertThat(status.kind()).isEqualTo(FeedRecord.Kind.STATUS);
    assertThat(status.batch().toBytes()).containsExactly(15, 16);
  }

  @Test
  void readsWhatItWrites() {
    FeedRecord started = read(STARTED);
    assertThat(started.kind()).isEqualTo(FeedRecord.Kind.STARTED);
    assertThat(started.writer()).isEqualTo(WRITER);
    assertThat(started.after()).isEqualTo(41L);
    assertThat(started.batch().isEmpty()).isTrue();
    assertThat(started.watermarkMs()).isEqualTo(Long.MIN_VALUE);

    FeedRecord rows = read(ROWS);
    assertThat(rows.kind()).isEqualTo(FeedRecord.Kind.ROWS);
    assertThat(rows.writer()).isEqualTo(WRITER);
    assertThat(rows.after()).isEqualTo(42L);
    assertThat(rows.batch().isPartialsOf(60)).isTrue();
    assertThat(rows.batch().keyGroup()).isEqualTo(0x8001);
    assertThat(rows.batch().toBytes()).containsExactly(10, 11, 12);

    FeedRecord series = read(SERIES);
    assertThat(series.kind()).isEqualTo(FeedRecord.Kind.SERIES);
    assertThat(series.batch().kind()).isEqualTo(PartialBatch.Kind.SERIES);
    assertThat(series.batch().keyGroup()).isEqualTo(65);
    assertThat(series.batch().toBytes()).containsExactly(13, 14);

    FeedRecord watermark = read(WATERMARK);
    assertThat(watermark.kind()).isEqualTo(FeedRecord.Kind.WATERMARK);
    assertThat(watermark.after()).isEqualTo(42L);
    assertThat(watermark.watermarkMs()).isEqualTo(1_795_823_949_999L);
  }

  /** What an older job left in the topic. */
  @Test
  void readsVersion1() {
    for (String record : List.of(STARTED, ROWS, SERIES, WATERMARK, STATUS)) {
      FeedRecord first = FeedRecord.ofBytes(with(record, 0, 1));
      FeedRecord second = read(record);
      assertThat(first.kind()).isEqualTo(second.kind());
      assertThat(first.writer()).isEqualTo(WRITER);
      assertThat(first.after()).isEqualTo(second.after());
      assertThat(first.watermarkMs()).isEqualTo(second.watermarkMs());
      assertThat(first.batch().toBytes()).isEqualTo(second.batch().toBytes());
    }
  }

  @Test
  void itsBatchIsACopy() {
    byte[] bytes = HexFormat.of().parseHex(ROWS);
    FeedRecord rows = FeedRecord.ofBytes(bytes);
    Arrays.fill(bytes, (byte) 0);
    assertThat(rows.batch().toBytes()).containsExactly(10, 11, 12);
  }

  @Test
  void aReportIsNotFed() {
    assertThatThrownBy(
            () ->
                FeedRecord.batch(WRITER, 0, batch(PartialBatch.Kind.REPORT, 0, PartialBatch.OPEN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a REPORT batch is not fed");
  }

  /** Rows and series may be of any length: whoever reads them finds where they break off. */
  @ParameterizedTest
  @ValueSource(strings = {STARTED, WATERMARK})
  void noPartOfARecordIsARecord(String record) {
    byte[] whole = HexFormat.of().parseHex(record);
    for (int length = 0; length < whole.length; length++) {
      assertThatRefuses(
          Arrays.copyOf(whole, length), "a feed record ends after %d bytes".formatted(length));
    }
    assertThatRefuses(
        Arrays.copyOf(whole, whole.length + 1),
        "a %s record must end after %d bytes, got %d"
            .formatted(
                record.equals(STARTED) ? "STARTED" : "WATERMARK", whole.length, whole.length + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {ROWS, SERIES})
  void noPartOfAHeadIsARecord(String record) {
    int head = (record.length() - (record.equals(ROWS) ? 6 : 4)) / 2;
    byte[] whole = HexFormat.of().parseHex(record);
    for (int length = 0; length < head; length++) {
      assertThatRefuses(
          Arrays.copyOf(whole, length), "a feed record ends after %d bytes".formatted(length));
    }
    assertThat(FeedRecord.ofBytes(Arrays.copyOf(whole, head)).batch().isEmpty()).isTrue();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatRefuses(
        with(STARTED, 0, 3),
        "a feed record must have version 1 to 2, got 3: is the job newer than the gateway?");
    assertThatRefuses(
        with(STARTED, 0, 0),
        "a feed record must have version 1 to 2, got 0: is the job newer than the gateway?");
    assertThatRefuses(with(STARTED, 1, 5), "kind of a feed record must be 0 to 4, got 5");
    assertThatRefuses(with(STARTED, 1, 0xFF), "kind of a feed record must be 0 to 4, got -1");
    assertThatRefuses(
        with(STARTED, 42, 0x80),
        "a restored checkpoint must be at least 0, got -9223372036854775767");
    assertThatRefuses(
        with(STARTED, 52, 0), "key groups must be a range within 0 to 65535, got 64 to 1");
  }

  private static byte[] with(String record, int at, int value) {
    byte[] bytes = HexFormat.of().parseHex(record);
    bytes[at] = (byte) value;
    return bytes;
  }

  private static void assertThatRefuses(byte[] record, String message) {
    assertThatThrownBy(() -> FeedRecord.ofBytes(record))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static FeedRecord read(String record) {
    return FeedRecord.ofBytes(HexFormat.of().parseHex(record));
  }

  private static String hex(byte[] record) {
    return HexFormat.of().formatHex(record);
  }
}
