package tidemark.serde.wire;

import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static tidemark.serde.wire.OtlpRequests.TIME_MS;
import static tidemark.serde.wire.OtlpRequests.TIME_NANOS;
import static tidemark.serde.wire.OtlpRequests.attribute;

import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import tidemark.serde.wire.Decoded.Histogram;
import tidemark.serde.wire.Decoded.Series;
import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.SketchBuffer;

final class OtlpHistogramTest {
  private final OtlpDecoder decoder = new OtlpDecoder();
  private final PointBlock block = new PointBlock();

  private static Buckets.Builder buckets(int offset, long... counts) {
    return Buckets.newBuilder()
        .setOffset(offset)
        .addAllBucketCounts(LongStream.of(counts).boxed().toList());
  }

  /** Scale 6: one bucket is one bin. */
  private static ExponentialHistogramDataPoint.Builder point() {
    return ExponentialHistogramDataPoint.newBuilder()
        .setTimeUnixNano(TIME_NANOS)
        .addAttributes(attribute("path", "/"))
        .setScale(6)
        .setCount(10)
        .setZeroCount(1)
        .setSum(12.5)
        .setMin(-2)
        .setMax(3)
        .setPositive(buckets(-1, 2, 0, 3))
        .setNegative(buckets(5, 4));
  }

  private void decode(ExponentialHistogramDataPoint.Builder point) {
    decoder.decode(
        OtlpRequests.of(OtlpRequests.histogram("latency", AGGREGATION_TEMPORALITY_DELTA, point))
            .toByteArray(),
        "acme",
        block);
  }

  private Histogram taken(ExponentialHistogramDataPoint.Builder point) {
    decode(point);
    assertThat(block.refused()).isEmpty();
    List<Series> series = Decoded.of(block);
    assertThat(series).hasSize(1);
    assertThat(series.get(0).type()).isEqualTo(MetricType.DISTRIBUTION);
    assertThat(series.get(0).name()).isEqualTo("acme/latency[host:web-1, path:/]");
    assertThat(series.get(0).points()).isEmpty();
    assertThat(series.get(0).histograms()).hasSize(1);
    return series.get(0).histograms().get(0);
  }

  private void assertRefused(ExponentialHistogramDataPoint.Builder point, Refusal reason) {
    byte[] bytes =
        OtlpRequests.of(
                OtlpRequests.histogram("latency", AGGREGATION_TEMPORALITY_DELTA, point, point()))
            .toByteArray();
    decoder.decode(bytes, "acme", block);
    assertThat(block.refused()).isEqualTo(Map.of(reason, 1L));
    assertThat(Decoded.of(block)).hasSize(1);
    assertThat(Decoded.of(block).get(0).histograms().get(0).bins()).isEqualTo("-5x4 +-1x2 +1x3");
  }

  @Test
  void bucketsOfScaleSixAreBins() {
    assertThat(taken(point()))
        .isEqualTo(new Histogram(TIME_MS, 10, 1, 12.5, -2, 3, 0, "-5x4 +-1x2 +1x3"));
  }

  @Test
  void fieldsInAnyOrderAndCountsInPiecesReadAlike() {
    for (int seed = 0; seed < 1_000; seed++) {
      byte[] bytes =
          WireOrder.shuffled(
              OtlpRequests.of(
                  OtlpRequests.histogram("latency", AGGREGATION_TEMPORALITY_DELTA, point())),
              new Random(seed));
      decoder.decode(bytes, "acme", block);
      assertThat(Decoded.of(block).get(0).histograms())
          .as("seed %s", seed)
          .containsExactly(new Histogram(TIME_MS, 10, 1, 12.5, -2, 3, 0, "-5x4 +-1x2 +1x3"));
    }
  }

  @Test
  void finerBucketsFallIntoTheirBinWithoutLoss() {
    ExponentialHistogramDataPoint.Builder point =
        point().setScale(8).setPositive(buckets(-5, 1, 1, 0, 1, 1, 1)).clearNegative().setCount(6);
    // Buckets -5 to 0 of quarter bins: -2 | -1 -1 -1 -1 | 0
    assertThat(taken(point).bins()).isEqualTo("+-2x1 +-1x3 +0x1");
    assertThat(taken(point).relativeError()).isZero();
  }

  @Test
  void coarserBucketsGoToTheBinOfLeastError() {
    for (int scale = OtlpBuckets.MIN_SCALE; scale < OtlpBuckets.BIN_SCALE; scale++) {
      for (int bucket : new int[] {0, 1, 5}) {
        double lower = Math.pow(2, Math.scalb((double) bucket, -scale));
        double upper = Math.pow(2, Math.scalb((double) bucket + 1, -scale));
        if (lower > 0x1p900) {
          continue;
        }
        Histogram histogram =
            taken(point().setScale(scale).clearNegative().setPositive(buckets(bucket, 9)));
        int bin = Integer.parseInt(histogram.bins().substring(1, histogram.bins().indexOf('x')));
        double estimate = Math.pow(2, (bin + 0.5) / 64);
        double allowed = histogram.relativeError() + 0.012;
        assertThat(estimate).as("scale %s bucket %s", scale, bucket).isBetween(lower, upper);
        assertThat(estimate / lower - 1).isLessThanOrEqualTo(allowed);
        assertThat(1 - estimate / upper).isLessThanOrEqualTo(allowed);
      }
    }
  }

  @Test
  void relativeErrorIsThatOfTheProducersBuckets() {
    assertThat(taken(point().setScale(3)).relativeError()).isCloseTo(0.0433, within(0.0001));
    assertThat(taken(point().setScale(0)).relativeError()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(taken(point().setScale(6)).relativeError()).isZero();
    assertThat(taken(point().setScale(20)).relativeError()).isZero();
  }

  @Test
  void valuesFallIntoTheBucketsTheyCameFrom() {
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      int scale = random.nextInt(21);
      double value = Math.exp(random.nextGaussian() * 10);
      double log2 = Math.log(value) / Math.log(2);
      int bucket = (int) Math.ceil(log2 * Math.scalb(1.0, scale)) - 1;
      Histogram histogram =
          taken(
              point()
                  .setScale(scale)
                  .clearNegative()
                  .clearMin()
                  .clearMax()
                  .setZeroCount(0)
                  .setCount(1)
                  .setPositive(buckets(bucket - 2, 0, 0, 1, 0)));
      assertThat(histogram.min()).as("seed %s", seed).isLessThanOrEqualTo(value * (1 + 1e-12));
      assertThat(histogram.max()).as("seed %s", seed).isGreaterThanOrEqualTo(value * (1 - 1e-12));
      int bin = Integer.parseInt(histogram.bins().substring(1, histogram.bins().indexOf('x')));
      double estimate = Math.pow(2, (bin + 0.5) / 64);
      assertThat(Math.abs(estimate - value) / value)
          .as("seed %s scale %s", seed, scale)
          .isLessThanOrEqualTo(histogram.relativeError() + 0.012);
    }
  }

  @Test
  void absentBoundsAreThoseOfTheOutermostBuckets() {
    Histogram both = taken(point().clearMin().clearMax());
    assertThat(both.min()).isEqualTo(-Math.pow(2, 6 / 64.0));
    assertThat(both.max()).isEqualTo(Math.pow(2, 2 / 64.0));
    Histogram positive = taken(point().clearMin().clearNegative().setZeroCount(0).setCount(5));
    assertThat(positive.min()).isEqualTo(Math.pow(2, -1 / 64.0));
    assertThat(positive.max()).isEqualTo(3);
    Histogram negative = taken(point().clearMax().clearPositive().setZeroCount(0).setCount(4));
    assertThat(negative.max()).isEqualTo(-Math.pow(2, 5 / 64.0));
    Histogram zeros =
        taken(point().clearMin().clearMax().clearPositive().clearNegative().setCount(1).setSum(0));
    assertThat(zeros).isEqualTo(new Histogram(TIME_MS, 1, 1, 0, 0, 0, 0, ""));
    Histogram highest = taken(point().clearMin().setMax(-1.5));
    assertThat(highest.min()).isLessThanOrEqualTo(-1.5);
  }

  @Test
  void magnitudesTooSmallToIndexCountAsZeros() {
    Histogram histogram =
        taken(
            point()
                .clearNegative()
                .clearMin()
                .setCount(6)
                .setPositive(buckets(SketchBuffer.MIN_INDEX - 2, 2, 1, 2)));
    assertThat(histogram.zeros()).isEqualTo(4);
    assertThat(histogram.samples()).isEqualTo(6);
    assertThat(histogram.bins()).isEqualTo("+" + SketchBuffer.MIN_INDEX + "x2");
    assertThat(taken(point().setPositive(buckets(Integer.MIN_VALUE, 5))).zeros()).isEqualTo(6);
  }

  @Test
  void magnitudesThatNoSumCouldHoldAreRefused() {
    assertThat(taken(point().setPositive(buckets(SketchBuffer.MAX_INDEX, 5))).bins())
        .endsWith("+61440x5");
    assertRefused(point().setPositive(buckets(SketchBuffer.MAX_INDEX, 4, 1)), Refusal.OUT_OF_RANGE);
    assertRefused(point().setPositive(buckets(Integer.MAX_VALUE, 4, 1)), Refusal.OUT_OF_RANGE);
    assertRefused(
        point().setScale(-10).setPositive(buckets(Integer.MAX_VALUE, 5)), Refusal.OUT_OF_RANGE);
    assertRefused(point().setSum(Math.nextUp(0x1p960)), Refusal.OUT_OF_RANGE);
    assertRefused(point().setMax(1e300), Refusal.OUT_OF_RANGE);
    assertRefused(point().setMin(-1e300), Refusal.OUT_OF_RANGE);
  }

  @Test
  void numbersThatAreNotFiniteAreRefused() {
    for (double value : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
      assertRefused(point().setSum(value), Refusal.NOT_FINITE);
      assertRefused(point().setMin(value), Refusal.NOT_FINITE);
      assertRefused(point().setMax(value), Refusal.NOT_FINITE);
    }
  }

  @Test
  void sketchesTakeTheOutermostBins() {
    SketchBuffer sketch = new SketchBuffer();
    taken(
        point()
            .setPositive(buckets(SketchBuffer.MAX_INDEX, 5))
            .setNegative(buckets(SketchBuffer.MIN_INDEX, 4)));
    HistogramColumns columns = block.histograms();
    for (int bin = columns.firstBin(0); bin < columns.firstBin(1); bin++) {
      sketch.addBin(columns.binIndex(bin), columns.binSamples(bin), columns.isBinNegative(bin));
    }
    assertThat(sketch.count()).isEqualTo(9);
  }

  @Test
  void histogramWithoutASumIsRefused() {
    assertRefused(point().clearSum(), Refusal.MISSING_SUM);
  }

  @Test
  void scalesOutsideTheKnownAreRefused() {
    for (int scale : new int[] {-11, 21, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertRefused(point().setScale(scale), Refusal.BAD_HISTOGRAM);
    }
    for (int scale : new int[] {-10, 20}) {
      ExponentialHistogramDataPoint.Builder point =
          point().setScale(scale).setPositive(buckets(0, 5)).setNegative(buckets(0, 4));
      assertThat(taken(point).samples()).isEqualTo(10);
    }
  }

  @Test
  void countsThatDoNotAddUpAreRefused() {
    assertRefused(point().setCount(9), Refusal.BAD_HISTOGRAM);
    assertRefused(point().setZeroCount(2), Refusal.BAD_HISTOGRAM);
    assertRefused(point().setZeroCount(-1), Refusal.BAD_HISTOGRAM);
    assertRefused(point().setCount(0), Refusal.BAD_HISTOGRAM);
    assertRefused(
        point().setNegative(buckets(0, Long.MIN_VALUE, Long.MIN_VALUE, 4)), Refusal.BAD_HISTOGRAM);
    assertRefused(point().setNegative(buckets(0, -1, 5)), Refusal.BAD_HISTOGRAM);
    assertRefused(point().setMin(3.5), Refusal.BAD_HISTOGRAM);
    assertRefused(ExponentialHistogramDataPoint.newBuilder().setSum(1), Refusal.BAD_HISTOGRAM);
  }

  @Test
  void moreSamplesThanAWindowCouldAddUpAreRefused() {
    long most = OtlpHistogramReader.MAX_SAMPLES;
    assertThat(taken(point().setCount(most).setZeroCount(most - 9)).samples()).isEqualTo(most);
    assertRefused(point().setCount(most + 1).setZeroCount(most - 8), Refusal.OUT_OF_RANGE);
    assertRefused(point().setCount(-1), Refusal.OUT_OF_RANGE);
  }

  @Test
  void histogramsWithoutSamplesAreGaps() {
    ExponentialHistogramDataPoint.Builder empty =
        ExponentialHistogramDataPoint.newBuilder().setTimeUnixNano(TIME_NANOS).setScale(20);
    for (ExponentialHistogramDataPoint.Builder gap :
        List.of(empty.clone(), empty.clone().setSum(0), point().setFlags(1).clearSum())) {
      decode(gap);
      assertThat(block.gaps()).isEqualTo(1);
      assertThat(block.seriesCount()).isZero();
      assertThat(block.refused()).isEmpty();
      assertThat(block.isRecordRefused()).isFalse();
    }
  }

  @Test
  void finestScaleMakesNoMoreBinsThanItCovers() {
    long[] counts = new long[1 << 16];
    Arrays.fill(counts, 1);
    Histogram histogram =
        taken(point().setScale(20).setPositive(buckets(0, counts)).setCount(counts.length + 5));
    assertThat(histogram.bins()).isEqualTo("-0x4 +0x16384 +1x16384 +2x16384 +3x16384");
  }
}
