package tidemark.serde.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.wire.v1.MetricType.METRIC_TYPE_COUNTER;
import static tidemark.wire.v1.MetricType.METRIC_TYPE_DISTRIBUTION;
import static tidemark.wire.v1.MetricType.METRIC_TYPE_GAUGE;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tidemark.serde.wire.Decoded.Point;
import tidemark.serde.wire.Decoded.Series;
import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.wire.v1.NativeBatch;

/** The encoder here is protobuf's own, generated from {@code native_batch.proto}. */
final class NativeBatchDecoderTest {
  private static final long BASE_MS = 1_767_225_600_000L;

  private final NativeBatchDecoder decoder = new NativeBatchDecoder();
  private final PointBlock block = new PointBlock();

  /** The example of the .proto file. */
  private static NativeBatch.Builder example() {
    return NativeBatch.newBuilder()
        .setVersion(1)
        .setOrg("acme")
        .addAllSymbols(List.of("requests", "host:web-1", "region:eu", "load"))
        .addAllSeriesMetric(List.of(0, 3))
        .addAllSeriesType(List.of(METRIC_TYPE_COUNTER, METRIC_TYPE_GAUGE))
        .addAllSeriesTagCount(List.of(2, 1))
        .addAllSeriesPointCount(List.of(2, 1))
        .addAllTags(List.of(2, 1, 1))
        .setBaseTimestampMs(BASE_MS)
        .addAllPointTimestampDeltaMs(List.of(250L, 1000L, 400L))
        .addAllPointValue(List.of(3.0, 1.0, 0.75));
  }

  private static final List<Series> EXAMPLE =
      List.of(
          Series.of(
              "acme/requests[host:web-1, region:eu]",
              MetricType.COUNTER,
              new Point(BASE_MS + 250, 3),
              new Point(BASE_MS + 1250, 1)),
          Series.of("acme/load[host:web-1]", MetricType.GAUGE, new Point(BASE_MS + 400, 0.75)));

  private List<Series> decode(byte[] bytes) {
    decoder.decode(bytes, "", block);
    return Decoded.of(block);
  }

  private void assertRefused(NativeBatch.Builder batch, Refusal reason) {
    assertRefused(batch.build().toByteArray(), reason);
  }

  private void assertRefused(byte[] bytes, Refusal reason) {
    assertThat(decode(bytes)).isEmpty();
    assertThat(block.isRecordRefused()).isTrue();
    assertThat(block.refused()).isEqualTo(Map.of(reason, 0L));
  }

  @Test
  void whatProtobufWritesIsRead() {
    assertThat(decode(example().build().toByteArray())).isEqualTo(EXAMPLE);
    assertThat(block.refused()).isEmpty();
    assertThat(block.isRecordRefused()).isFalse();
  }

  @Test
  void fieldsInAnyOrderAndColumnsInPiecesReadAlike() {
    for (int seed = 0; seed < 2_000; seed++) {
      byte[] bytes = WireOrder.shuffled(example().build(), new Random(seed));
      assertThat(decode(bytes)).as("seed %s", seed).isEqualTo(EXAMPLE);
    }
  }

  @Test
  void randomBatchesReadAsTheGeneratedClassReadsThem() throws InvalidProtocolBufferException {
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = WireOrder.shuffled(NativeBatches.random(random), random);
      decoder.decode(bytes, "", block);
      assertThat(NativeBatches.pointsOf(block))
          .as("seed %s", seed)
          .isEqualTo(NativeBatches.pointsOf(NativeBatch.parseFrom(bytes), ""));
    }
  }

  @Test
  void laterScalarsReplaceEarlierOnesAndColumnsAddUp() {
    byte[] first = example().build().toByteArray();
    byte[] second =
        NativeBatch.newBuilder()
            .setOrg("late")
            .addSymbols("extra")
            .addSeriesMetric(4)
            .addSeriesType(METRIC_TYPE_DISTRIBUTION)
            .addSeriesTagCount(0)
            .addSeriesPointCount(1)
            .addPointTimestampDeltaMs(-BASE_MS)
            .addPointValue(9)
            .build()
            .toByteArray();
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    assertThat(decode(both))
        .hasSize(3)
        .last()
        .isEqualTo(Series.of("late/extra[]", MetricType.DISTRIBUTION, new Point(0, 9)));
    assertThat(Decoded.name(block, 0)).startsWith("late/requests");
  }

  @Test
  void batchWithoutOrgTakesTheDefaultOne() {
    byte[] bytes = example().clearOrg().build().toByteArray();
    decoder.decode(bytes, "fallback", block);
    assertThat(Decoded.name(block, 1)).isEqualTo("fallback/load[host:web-1]");
    assertRefused(bytes, Refusal.NO_ORG);
  }

  @Test
  void orgMustBeShortAndValidText() {
    assertThat(decode(example().setOrg("o".repeat(128)).build().toByteArray())).hasSize(2);
    assertRefused(example().setOrg("o".repeat(129)), Refusal.NO_ORG);
    byte[] broken = example().build().toByteArray();
    assertThat(broken[4]).isEqualTo((byte) 'a');
    broken[4] = (byte) 0xc0;
    assertRefused(broken, Refusal.NO_ORG);
    assertRefused(broken, Refusal.NO_ORG);
  }

  @Test
  void onlyVersionOneIsRead() {
    assertRefused(example().clearVersion(), Refusal.UNKNOWN_FORMAT);
    assertRefused(example().setVersion(2), Refusal.UNKNOWN_FORMAT);
    assertRefused(example().setVersion(-1), Refusal.UNKNOWN_FORMAT);
  }

  @Test
  void recordsWithoutPointsAreEmpty() {
    assertRefused(new byte[0], Refusal.EMPTY);
    assertRefused((byte[]) null, Refusal.EMPTY);
    assertRefused(NativeBatch.newBuilder().setVersion(1).setOrg("acme"), Refusal.EMPTY);
    assertRefused(
        example()
            .clearSeriesPointCount()
            .addAllSeriesPointCount(List.of(0, 0))
            .clearPointTimestampDeltaMs()
            .clearPointValue(),
        Refusal.EMPTY);
  }

  @Test
  void columnsThatDisagreeAreMalformed() {
    assertRefused(example().addSeriesMetric(0), Refusal.MALFORMED);
    assertRefused(example().addSeriesType(METRIC_TYPE_GAUGE), Refusal.MALFORMED);
    assertRefused(example().addSeriesTagCount(0), Refusal.MALFORMED);
    assertRefused(example().addSeriesPointCount(0), Refusal.MALFORMED);
    assertRefused(example().addTags(0), Refusal.MALFORMED);
    assertRefused(example().addPointTimestampDeltaMs(0), Refusal.MALFORMED);
    assertRefused(example().addPointValue(0), Refusal.MALFORMED);
    assertRefused(example().setSeriesPointCount(0, 1), Refusal.MALFORMED);
    assertRefused(example().setSeriesPointCount(1, Integer.MAX_VALUE), Refusal.MALFORMED);
    assertRefused(example().setSeriesPointCount(1, -1), Refusal.MALFORMED);
    assertRefused(example().setSeriesTagCount(1, Integer.MAX_VALUE), Refusal.MALFORMED);
  }

  @Test
  void symbolsThatDoNotExistAreMalformed() {
    assertRefused(example().setSeriesMetric(0, 4), Refusal.MALFORMED);
    assertRefused(example().setTags(2, 4), Refusal.MALFORMED);
    assertRefused(example().setTags(2, -1), Refusal.MALFORMED);
    assertRefused(example().clearSymbols(), Refusal.MALFORMED);
  }

  @Test
  void everyTruncationIsRefusedOrMissesWholeFieldsOnly() {
    byte[] bytes = example().build().toByteArray();
    for (int length = 0; length < bytes.length; length++) {
      decode(Arrays.copyOf(bytes, length));
      assertThat(block.isRecordRefused()).as("length %s", length).isTrue();
    }
  }

  @Test
  void columnCutWithinAnElementIsMalformed() {
    byte[] values = example().build().toByteArray();
    byte[] oddDoubles = WireOrder.written(out -> out.writeByteArray(11, new byte[7]));
    byte[] openVarint = WireOrder.written(out -> out.writeByteArray(8, new byte[] {(byte) 0x80}));
    for (byte[] piece : List.of(oddDoubles, openVarint)) {
      byte[] bytes = Arrays.copyOf(values, values.length + piece.length);
      System.arraycopy(piece, 0, bytes, values.length, piece.length);
      assertRefused(bytes, Refusal.MALFORMED);
    }
  }

  @Test
  void seriesOfUnknownTypeIsRefusedAndTheOthersTaken() {
    for (int type : new int[] {0, 4, 257, Integer.MIN_VALUE}) {
      byte[] bytes = example().setSeriesTypeValue(0, type).build().toByteArray();
      assertThat(decode(bytes)).as("type %s", type).isEqualTo(EXAMPLE.subList(1, 2));
      assertThat(block.refused()).isEqualTo(Map.of(Refusal.UNKNOWN_METRIC_KIND, 2L));
    }
  }

  @Test
  void tagLongerThanAKeyCanSayRefusesItsSeriesOnly() {
    byte[] longest = example().setSymbols(2, "k:" + "v".repeat(65_533)).build().toByteArray();
    assertThat(decode(longest)).hasSize(2);
    byte[] longer = example().setSymbols(2, "k:" + "v".repeat(65_534)).build().toByteArray();
    assertThat(decode(longer)).isEqualTo(EXAMPLE.subList(1, 2));
    assertThat(block.refused()).isEqualTo(Map.of(Refusal.TAG_TOO_LONG, 2L));
  }

  @Test
  void seriesWithAnOversizedKeyIsRefusedAndTheOthersTaken() {
    NativeBatch.Builder batch = example().setSymbols(2, "k:" + "v".repeat(60_000));
    batch.setSeriesTagCount(0, 20).clearTags();
    batch.addAllTags(Collections.nCopies(20, 2)).addTags(1);
    assertThat(decode(batch.build().toByteArray())).isEqualTo(EXAMPLE.subList(1, 2));
    assertThat(block.refused()).isEqualTo(Map.of(Refusal.OVERSIZED, 2L));
  }

  @Test
  void oneLongSymbolInEverySeriesCannotFillTheMemory() {
    for (int tagsPerSeries : new int[] {10, 40}) {
      NativeBatch.Builder batch = NativeBatch.newBuilder().setVersion(1).setOrg("acme");
      batch.addSymbols("k:" + "v".repeat(60_000));
      for (int series = 0; series < 10_000; series++) {
        batch.addSeriesMetric(0).addSeriesType(METRIC_TYPE_GAUGE).addSeriesTagCount(tagsPerSeries);
        batch.addAllTags(Collections.nCopies(tagsPerSeries, 0));
        batch.addSeriesPointCount(1).addPointTimestampDeltaMs(0).addPointValue(1);
      }
      assertRefused(batch, Refusal.OVERSIZED);
      assertThat(block.keys().length).isLessThanOrEqualTo(2 * SeriesKeyBuffer.MAX_RECORD_KEY_BYTES);
    }
  }

  @Test
  void whatIsWrongWithNamesAndPointsIsLeftToLaterStages() {
    NativeBatch.Builder batch = example().setSymbols(0, "").setSymbols(1, "region:us");
    batch.setPointValue(0, Double.NaN).setPointTimestampDeltaMs(2, Long.MIN_VALUE);
    List<Series> decoded = decode(batch.build().toByteArray());
    assertThat(decoded.get(0).name()).isEqualTo("refused: empty-name");
    assertThat(decoded.get(0).points().get(0).value()).isNaN();
    assertThat(decoded.get(1).points().get(0).timestampMs()).isNegative();
  }

  @Test
  void aDecoderForgetsTheRecordBefore() {
    byte[] good = example().build().toByteArray();
    List<byte[]> records = new ArrayList<>();
    records.add(Arrays.copyOf(good, good.length - 3));
    records.add(NativeBatch.newBuilder().setVersion(1).setOrg("other").build().toByteArray());
    records.add(example().setSeriesTypeValue(0, 9).build().toByteArray());
    for (byte[] record : records) {
      decode(record);
      assertThat(decode(good)).isEqualTo(EXAMPLE);
      assertThat(block.refused()).isEmpty();
    }
  }
}
