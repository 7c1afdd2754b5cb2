package tidemark.serde.wire;

import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
import static io.opentelemetry.proto.metrics.v1.AggregationTemporality.AGGREGATION_TEMPORALITY_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;
import static tidemark.serde.wire.OtlpRequests.TIME_MS;
import static tidemark.serde.wire.OtlpRequests.attribute;
import static tidemark.serde.wire.OtlpRequests.gauge;
import static tidemark.serde.wire.OtlpRequests.number;
import static tidemark.serde.wire.OtlpRequests.sum;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tidemark.serde.wire.Decoded.Point;
import tidemark.serde.wire.Decoded.Series;
import tidemark.state.MetricType;
import tidemark.state.Refusal;

final class OtlpDecoderTest {
  private static final Metric GOOD = gauge("good", number(1));
  private static final Series GOOD_SERIES =
      Series.of("acme/good[host:web-1]", MetricType.GAUGE, new Point(TIME_MS, 1));

  private final OtlpDecoder decoder = new OtlpDecoder();
  private final PointBlock block = new PointBlock();

  private List<Series> decode(ExportMetricsServiceRequest request) {
    return decode(request.toByteArray());
  }

  private List<Series> decode(byte[] bytes) {
    decoder.decode(bytes, "acme", block);
    return Decoded.of(block);
  }

  /** The metric is refused for this reason, one before and one after it are taken. */
  private void assertRefusedAlone(Metric metric, Refusal reason, long points) {
    assertThat(decode(OtlpRequests.of(GOOD, metric, GOOD)))
        .containsExactly(GOOD_SERIES, GOOD_SERIES);
    assertThat(block.refused()).isEqualTo(Map.of(reason, points));
    assertThat(block.isRecordRefused()).isFalse();
  }

  private void assertRecordRefused(Refusal reason) {
    assertThat(block.isRecordRefused()).isTrue();
    assertThat(block.seriesCount()).isZero();
    assertThat(block.refused()).isEqualTo(Map.of(reason, 0L));
  }

  private static ExportMetricsServiceRequest mixed() {
    return OtlpRequests.of(
            gauge(
                "temperature",
                number(21.5).addAttributes(attribute("room", "a")),
                number(22.5).addAttributes(attribute("room", "b"))),
            sum(
                "requests",
                AGGREGATION_TEMPORALITY_DELTA,
                number(0).setAsInt(-7).addAttributes(attribute("host", "other"))))
        .toBuilder()
        .addResourceMetrics(OtlpRequests.of(List.of(), GOOD).getResourceMetrics(0))
        .build();
  }

  private static final List<Series> MIXED =
      List.of(
          Series.of(
              "acme/temperature[host:web-1, room:a]", MetricType.GAUGE, new Point(TIME_MS, 21.5)),
          Series.of(
              "acme/temperature[host:web-1, room:b]", MetricType.GAUGE, new Point(TIME_MS, 22.5)),
          Series.of("acme/requests[host:other]", MetricType.COUNTER, new Point(TIME_MS, -7)),
          Series.of("acme/good[]", MetricType.GAUGE, new Point(TIME_MS, 1)));

  @Test
  void gaugesAndDeltaSumsOfAllResourcesAreTaken() {
    assertThat(decode(mixed())).isEqualTo(MIXED);
    assertThat(block.refused()).isEmpty();
    assertThat(block.gaps()).isZero();
  }

  @Test
  void fieldsInAnyOrderReadAlike() {
    for (int seed = 0; seed < 2_000; seed++) {
      byte[] bytes = WireOrder.shuffled(mixed(), new Random(seed));
      assertThat(decode(bytes)).as("seed %s", seed).isEqualTo(MIXED);
    }
  }

  @Test
  void messagesInPiecesReadAsOne() {
    ResourceMetrics whole = OtlpRequests.of(GOOD).getResourceMetrics(0);
    ResourceMetrics more =
        OtlpRequests.of(List.of(attribute("region", "eu"))).getResourceMetrics(0);
    byte[] first = whole.toByteArray();
    byte[] second = more.toByteArray();
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    byte[] bytes = WireOrder.written(out -> out.writeByteArray(1, both));
    assertThat(decode(bytes))
        .extracting(Series::name)
        .containsExactly("acme/good[host:web-1, region:eu]");
  }

  @Test
  void dataOfAnotherKindReplacesWhatCameBefore() {
    byte[] first = gauge("m", number(1)).toByteArray();
    byte[] second = sum("m", AGGREGATION_TEMPORALITY_DELTA, number(2)).toByteArray();
    byte[] third = sum("m", AGGREGATION_TEMPORALITY_DELTA, number(3)).toByteArray();
    byte[] metric =
        WireOrder.written(
            out -> {
              out.writeRawBytes(first);
              out.writeRawBytes(second);
              out.writeRawBytes(third);
            });
    byte[] scope = WireOrder.written(out -> out.writeByteArray(2, metric));
    byte[] resource = WireOrder.written(out -> out.writeByteArray(2, scope));
    assertThat(decode(WireOrder.written(out -> out.writeByteArray(1, resource))))
        .containsExactly(
            Series.of("acme/m[]", MetricType.COUNTER, new Point(TIME_MS, 2)),
            Series.of("acme/m[]", MetricType.COUNTER, new Point(TIME_MS, 3)));
  }

  @Test
  void integersAreExactUpTo2To53AndRoundedBeyond() {
    long[] sent = {1L << 53, (1L << 53) + 1, Long.MIN_VALUE};
    double[] read = {0x1p53, 0x1p53, -0x1p63};
    for (int i = 0; i < sent.length; i++) {
      decode(OtlpRequests.of(gauge("m", number(0).setAsInt(sent[i]))));
      assertThat(block.values()[0]).isEqualTo(read[i]);
    }
  }

  @Test
  void nanosecondsAreUnsignedAndCutToMilliseconds() {
    long[] sent = {0, 999_999, 1_000_000, Long.MAX_VALUE, -1};
    long[] read = {0, 0, 1, 9_223_372_036_854L, 18_446_744_073_709L};
    for (int i = 0; i < sent.length; i++) {
      decode(OtlpRequests.of(gauge("m", number(0).setTimeUnixNano(sent[i]))));
      assertThat(block.timestampsMs()[0]).isEqualTo(read[i]);
    }
  }

  @Test
  void pointsWithoutARecordedValueAreGaps() {
    assertThat(decode(OtlpRequests.of(gauge("m", number(1).setFlags(1), number(2)), GOOD)))
        .extracting(Series::name)
        .containsExactly("acme/m[host:web-1]", "acme/good[host:web-1]");
    assertThat(block.gaps()).isEqualTo(1);
    assertThat(block.refused()).isEmpty();
    decode(OtlpRequests.of(gauge("m", number(1).clearValue().setFlags(3))));
    assertThat(block.gaps()).isEqualTo(1);
    assertThat(block.isRecordRefused()).isFalse();
    decode(OtlpRequests.of(gauge("m", number(1).setFlags(2))));
    assertThat(block.pointCount()).isEqualTo(1);
    assertThat(block.gaps()).isZero();
  }

  @Test
  void pointWithoutAValueIsRefused() {
    assertRefusedAlone(gauge("m", number(1).clearValue()), Refusal.MALFORMED, 1);
  }

  @Test
  void sumsThatAreNotDeltasAreRefused() {
    NumberDataPoint.Builder[] points = {number(1), number(2), number(3)};
    assertRefusedAlone(
        sum("m", AGGREGATION_TEMPORALITY_CUMULATIVE, points), Refusal.CUMULATIVE_TEMPORALITY, 3);
    assertRefusedAlone(
        sum("m", AGGREGATION_TEMPORALITY_UNSPECIFIED, points), Refusal.CUMULATIVE_TEMPORALITY, 3);
    assertRefusedAlone(
        OtlpRequests.histogram(
            "m", AGGREGATION_TEMPORALITY_CUMULATIVE, ExponentialHistogramDataPoint.newBuilder()),
        Refusal.CUMULATIVE_TEMPORALITY,
        1);
  }

  @Test
  void explicitHistogramsAndSummariesAreRefused() {
    assertRefusedAlone(
        Metric.newBuilder()
            .setName("m")
            .setHistogram(
                Histogram.newBuilder()
                    .setAggregationTemporality(AGGREGATION_TEMPORALITY_DELTA)
                    .addDataPoints(HistogramDataPoint.newBuilder().setCount(1))
                    .addDataPoints(HistogramDataPoint.newBuilder().setCount(1)))
            .build(),
        Refusal.EXPLICIT_HISTOGRAM,
        2);
    assertRefusedAlone(
        Metric.newBuilder()
            .setName("m")
            .setSummary(Summary.newBuilder().addDataPoints(SummaryDataPoint.newBuilder()))
            .build(),
        Refusal.SUMMARY,
        1);
  }

  @Test
  void metricWithoutDataIsRefusedAsOnePoint() {
    assertRefusedAlone(Metric.newBuilder().setName("m").build(), Refusal.UNKNOWN_METRIC_KIND, 1);
  }

  @Test
  void recordsWithoutAnOrgAreRefused() {
    byte[] bytes = OtlpRequests.of(GOOD).toByteArray();
    for (String org : List.of("", "o".repeat(129), "\u20ac".repeat(43))) {
      decoder.decode(bytes, org, block);
      assertRecordRefused(Refusal.NO_ORG);
    }
    decoder.decode(bytes, "\u20ac".repeat(42) + "oo", block);
    assertThat(block.pointCount()).isEqualTo(1);
  }

  @Test
  void recordsWithoutPointsAreEmpty() {
    decode(new byte[0]);
    assertRecordRefused(Refusal.EMPTY);
    decode((byte[]) null);
    assertRecordRefused(Refusal.EMPTY);
    decode(OtlpRequests.of());
    assertRecordRefused(Refusal.EMPTY);
    decode(OtlpRequests.of(gauge("m")));
    assertRecordRefused(Refusal.EMPTY);
  }

  @Test
  void everyTruncationIsMalformed() {
    byte[] bytes = OtlpRequests.of(GOOD).toByteArray();
    for (int length = 1; length < bytes.length; length++) {
      decode(Arrays.copyOf(bytes, length));
      assertRecordRefused(Refusal.MALFORMED);
    }
  }

  @Test
  void pointsUnderAnOversizedKeyAreRefused() {
    String mebibyte = "v".repeat(1 << 20);
    assertRefusedAlone(
        gauge("m", number(1).addAttributes(attribute("k", mebibyte))), Refusal.OVERSIZED, 1);
    assertRefusedAlone(gauge(mebibyte, number(1), number(2)), Refusal.OVERSIZED, 2);
    assertThat(decode(OtlpRequests.of(List.of(attribute("k", mebibyte)), GOOD, GOOD))).isEmpty();
    assertThat(block.refused()).isEqualTo(Map.of(Refusal.OVERSIZED, 2L));
  }

  @Test
  void oneLongResourceForManyPointsCannotFillTheMemory() {
    NumberDataPoint.Builder[] points = new NumberDataPoint.Builder[1_000];
    Arrays.fill(points, number(1));
    Metric many = gauge("m", points);
    Metric[] metrics = new Metric[1_000];
    Arrays.fill(metrics, GOOD);
    for (Metric[] each : new Metric[][] {{many}, metrics}) {
      decode(OtlpRequests.of(List.of(attribute("k", "v".repeat(200_000))), each));
      assertRecordRefused(Refusal.OVERSIZED);
    }
    assertThat(block.keys().length).isLessThanOrEqualTo(2 * SeriesKeyBuffer.MAX_RECORD_KEY_BYTES);
  }
}
