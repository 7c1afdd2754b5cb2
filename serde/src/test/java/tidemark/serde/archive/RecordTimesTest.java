package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;

class RecordTimesTest {
  private static final int MAX_BYTES = 1 << 20;

  private final RecordTimes times = new RecordTimes(MAX_BYTES);

  private static byte[] nativeBatch(String org, long... timesMs) {
    NativeBatchWriter batch = new NativeBatchWriter(org);
    int i = 0;
    for (long timeMs : timesMs) {
      batch.point(
          batch.series(MetricType.GAUGE, "m" + i++ % 3, List.of("host:a")), timeMs, Double.NaN);
    }
    return batch.toBytes();
  }

  private static byte[] otlp(Metric... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .addScopeMetrics(ScopeMetrics.newBuilder().addAllMetrics(List.of(metrics))))
        .build()
        .toByteArray();
  }

  private static Metric gauge(long... timesMs) {
    Gauge.Builder gauge = Gauge.newBuilder();
    for (long timeMs : timesMs) {
      gauge.addDataPoints(
          NumberDataPoint.newBuilder().setTimeUnixNano(timeMs * 1_000_000).setAsDouble(1));
    }
    return Metric.newBuilder().setName("g").setGauge(gauge).build();
  }

  private static Metric exponentialHistogram(long timeMs) {
    return Metric.newBuilder()
        .setName("e")
        .setExponentialHistogram(
            ExponentialHistogram.newBuilder()
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                .addDataPoints(
                    ExponentialHistogramDataPoint.newBuilder()
                        .setTimeUnixNano(timeMs * 1_000_000)
                        .setCount(2)
                        .setZeroCount(2)
                        .setSum(0)))
        .build();
  }

  private static Metric explicitHistogram(long timeMs) {
    return Metric.newBuilder()
        .setName("h")
        .setHistogram(
            Histogram.newBuilder()
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                .addDataPoints(HistogramDataPoint.newBuilder().setTimeUnixNano(timeMs * 1_000_000)))
        .build();
  }

  private void assertThatFinds(String org, long earliestMs, long latestMs) {
    assertThat(times.org()).isEqualTo(org);
    assertThat(times.isHeartbeat()).isFalse();
    assertThat(times.earliestMs()).isEqualTo(earliestMs);
    assertThat(times.latestMs()).isEqualTo(latestMs);
  }

  private void assertThatFindsNoTimes(String org) {
    assertThatFinds(org, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  @Test
  void aNativeBatchNamesItsOrg() {
    times.read(IntakeHeaders.NATIVE, "header", nativeBatch("acme", 50, 7, 90, 20));
    assertThatFinds("acme", 7, 90);
    times.read(IntakeHeaders.NATIVE, "header", nativeBatch("\u20ac\uD83D\uDE00", -5));
    assertThatFinds("\u20ac\uD83D\uDE00", -5, -5);
  }

  @Test
  void theHeaderNamesItWhereTheRecordDoesNot() {
    times.read(IntakeHeaders.NATIVE, "header", nativeBatch("", 50, 7));
    assertThatFinds("header", 7, 50);
    times.read(IntakeHeaders.OTLP, "header", otlp(gauge(5, 3, 9)));
    assertThatFinds("header", 3, 9);
  }

  /** A default org may be its: times are known, whose it is not. */
  @Test
  void withoutAnOrgTheTimesAreReadAllTheSame() {
    times.read(IntakeHeaders.NATIVE, "", nativeBatch("", 50, 7));
    assertThatFinds("", 7, 50);
    times.read(IntakeHeaders.OTLP, "", otlp(gauge(5, 3, 9)));
    assertThatFinds("", 3, 9);
    times.read(IntakeHeaders.OTLP, "o".repeat(129), otlp(gauge(4)));
    assertThatFinds("", 4, 4);
  }

  @Test
  void histogramsHaveTimesToo() {
    times.read(IntakeHeaders.OTLP, "a", otlp(exponentialHistogram(12), gauge(20)));
    assertThatFinds("a", 12, 20);
    times.read(IntakeHeaders.OTLP, "a", otlp(exponentialHistogram(25), gauge(20)));
    assertThatFinds("a", 20, 25);
    times.read(IntakeHeaders.OTLP, "a", otlp(exponentialHistogram(25)));
    assertThatFinds("a", 25, 25);
  }

  @Test
  void refusedPointsHaveNone() {
    times.read(IntakeHeaders.OTLP, "a", otlp(explicitHistogram(12), gauge(20)));
    assertThatFinds("a", 20, 20);
    times.read(IntakeHeaders.OTLP, "a", otlp(explicitHistogram(12)));
    assertThatFindsNoTimes("a");
  }

  @Test
  void whatCannotBeReadMayHoldAnyTime() {
    byte[] batch = nativeBatch("acme", 50, 7);
    times.read(IntakeHeaders.NATIVE, "header", batch);
    times.read(IntakeHeaders.NATIVE, "header", Arrays.copyOf(batch, batch.length - 1));
    assertThatFindsNoTimes("header");
    times.read(IntakeHeaders.NATIVE, "", new byte[] {1, 2, 3});
    assertThatFindsNoTimes("");
    times.read(IntakeHeaders.NATIVE, "header", null);
    assertThatFindsNoTimes("header");
    times.read(IntakeHeaders.NATIVE, "header", new byte[0]);
    assertThatFindsNoTimes("header");
    times.read("avro", "header", batch);
    assertThatFindsNoTimes("header");
    times.read(IntakeHeaders.NATIVE, "half \uD83D a pair", new byte[] {1});
    assertThatFindsNoTimes("");
    times.read(IntakeHeaders.OTLP, "", new byte[] {1, 2, 3});
    assertThatFindsNoTimes("");
    new RecordTimes(batch.length).read(IntakeHeaders.NATIVE, "", batch);
    RecordTimes less = new RecordTimes(batch.length - 1);
    less.read(IntakeHeaders.NATIVE, "header", batch);
    assertThat(less.org()).isEqualTo("header");
    assertThat(less.latestMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aHeartbeatIsOneIfItCanBeRead() {
    times.read(IntakeHeaders.NATIVE, "", nativeBatch("acme", 7));
    times.read(IntakeHeaders.HEARTBEAT, "header", "900/4".getBytes(StandardCharsets.UTF_8));
    assertThat(times.isHeartbeat()).isTrue();
    assertThat(times.org()).isEmpty();
    assertThat(times.earliestMs()).isEqualTo(Long.MIN_VALUE);
    assertThat(times.latestMs()).isEqualTo(Long.MAX_VALUE);
    times.read(IntakeHeaders.HEARTBEAT, "header", "soon".getBytes(StandardCharsets.UTF_8));
    assertThatFindsNoTimes("header");
  }

  /** What such a record was filed under must be chosen whatever is asked. */
  @Test
  void whatCannotBeReadIsChosenByEveryFilterOfTimesAndOrgs() {
    times.read(IntakeHeaders.NATIVE, "", new byte[] {1, 2, 3});
    ArchiveBlock block =
        new ArchiveBlock(
            0,
            0,
            "t",
            0,
            times.org(),
            ArchiveBlock.Kind.POINTS,
            8,
            1,
            1,
            1,
            5,
            5,
            times.earliestMs(),
            times.latestMs());
    for (long fromMs : new long[] {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE - 1}) {
      ArchiveFilter filter = ArchiveFilter.all().times(fromMs, fromMs + 1).orgs(Set.of("acme"));
      assertThat(filter.chooses(block)).as("from %s", fromMs).isTrue();
    }
  }

  /** Orgs by turns, more than the texts that are kept, and garbage in between. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void recordsDoNotTouchEachOther(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 3_000; i++) {
      String org = "org" + random.nextInt(600);
      long[] timesMs = random.longs(1 + random.nextInt(5)).map(time -> time >> 20).toArray();
      byte[] batch = nativeBatch(org, timesMs);
      if (random.nextInt(3) == 0) {
        byte[] garbage = batch.clone();
        garbage[random.nextInt(garbage.length)] ^= (byte) (1 + random.nextInt(255));
        times.read(random.nextBoolean() ? IntakeHeaders.NATIVE : IntakeHeaders.OTLP, "", garbage);
        assertThat(times.earliestMs()).isLessThanOrEqualTo(times.latestMs());
      }
      times.read(IntakeHeaders.NATIVE, "header", batch);
      assertThat(times.org()).as("seed %s", seed).isEqualTo(org);
      assertThat(times.earliestMs()).isEqualTo(Arrays.stream(timesMs).min().orElseThrow());
      assertThat(times.latestMs()).isEqualTo(Arrays.stream(timesMs).max().orElseThrow());
    }
  }
}
