package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.resource.v1.Resource;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tidemark.operators.DeadLetter;
import tidemark.operators.DeadLetterSerializer;
import tidemark.operators.IntakeRecord;
import tidemark.serde.wire.IntakeHeaders;

/** What a Collector sends, through the whole job: taken, merged and refused as documented. */
class OtlpInputITCase {
  private static final long START_MS = 1_772_409_540_000L;
  private static final int RECORDS = 3;

  /** Reasons, written by the job's tasks, which run in this process. */
  private static final ConcurrentLinkedQueue<String> LETTERS = new ConcurrentLinkedQueue<>();

  @RegisterExtension
  static final MiniClusterExtension CLUSTER =
      new MiniClusterExtension(
          new MiniClusterResourceConfiguration.Builder()
              .setNumberTaskManagers(1)
              .setNumberSlotsPerTaskManager(1)
              .build());

  @TempDir Path folder;

  @Test
  void gaugesDeltaSumsAndHistogramsAreTakenAndTheRestIsRefused() throws Exception {
    LETTERS.clear();
    TopologyRun run = new TopologyRun(folder);
    run.run(OtlpInputITCase::record, RECORDS, RateLimiterStrategy.noOp(), KEEP_LETTERS);
    try (StoredTables tables = run.tables()) {
      Map<Expected.Key, Expected.Row> rows = tables.rows();
      assertThat(rows.get(key("load", "gauge")))
          .isEqualTo(
              new Expected.Row(3, new BigDecimal("4.5"), 0.5, 2.5, 2.5, START_MS + 2_000, null));
      assertThat(rows.get(key("requests", "counter")))
          .isEqualTo(new Expected.Row(3, new BigDecimal("3E+1"), null, null, null, null, null));
      // scale 7, buckets 4 to 7: two of them make one of ours, 2 and 3
      assertThat(rows.get(key("latency", "distribution")))
          .isEqualTo(
              new Expected.Row(
                  33,
                  new BigDecimal("36"),
                  1.0,
                  1.1,
                  null,
                  null,
                  Map.of(Integer.MIN_VALUE, 3L, 2, 9L, 3, 21L)));
      assertThat(rows).hasSize(3 * 3);
      assertThat(LETTERS).hasSize(RECORDS).containsOnly("cumulative-temporality:1");
    }
  }

  private static Expected.Key key(String metric, String type) {
    return new Expected.Key(
        10, "acme", metric, List.of("path:/", "service.name:web"), type, START_MS);
  }

  private static IntakeRecord record(long index) {
    return new IntakeRecord(
        "otlp_metrics",
        0,
        index,
        START_MS + index * 1_000,
        IntakeHeaders.OTLP,
        "acme",
        IntakeRecord.NO_HEARTBEAT,
        request(index).toByteArray());
  }

  private static ExportMetricsServiceRequest request(long index) {
    NumberDataPoint.Builder load = point(index).setAsDouble(index + 0.5);
    NumberDataPoint.Builder requests = point(index).setAsInt(10);
    ScopeMetrics.Builder metrics =
        ScopeMetrics.newBuilder()
            .addMetrics(
                Metric.newBuilder()
                    .setName("load")
                    .setGauge(Gauge.newBuilder().addDataPoints(load)))
            .addMetrics(
                sum("requests", AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA, requests))
            .addMetrics(
                sum("total", AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE, requests))
            .addMetrics(
                Metric.newBuilder()
                    .setName("latency")
                    .setExponentialHistogram(
                        ExponentialHistogram.newBuilder()
                            .setAggregationTemporality(
                                AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
                            .addDataPoints(histogram(index))));
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setResource(Resource.newBuilder().addAttributes(attribute("service.name", "web")))
                .addScopeMetrics(metrics))
        .build();
  }

  private static ExponentialHistogramDataPoint.Builder histogram(long index) {
    return ExponentialHistogramDataPoint.newBuilder()
        .setTimeUnixNano(nanos(index))
        .addAttributes(attribute("path", "/"))
        .setScale(7)
        .setCount(11)
        .setSum(12)
        .setZeroCount(1)
        .setMin(1)
        .setMax(1.1)
        .setPositive(
            ExponentialHistogramDataPoint.Buckets.newBuilder()
                .setOffset(4)
                .addAllBucketCounts(List.of(1L, 2L, 3L, 4L)));
  }

  private static Metric sum(
      String name, AggregationTemporality temporality, NumberDataPoint.Builder point) {
    return Metric.newBuilder()
        .setName(name)
        .setSum(
            Sum.newBuilder()
                .setAggregationTemporality(temporality)
                .setIsMonotonic(true)
                .addDataPoints(point))
        .build();
  }

  private static NumberDataPoint.Builder point(long index) {
    return NumberDataPoint.newBuilder()
        .setTimeUnixNano(nanos(index))
        .addAttributes(attribute("path", "/"));
  }

  private static long nanos(long index) {
    return (START_MS + index * 1_000) * 1_000_000;
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static final TopologyRun.Hooks KEEP_LETTERS =
      new TopologyRun.Hooks() {
        @Override
        public void topology(MainTopology topology) {
          topology
              .deadLetters()
              .map(OtlpInputITCase::keep)
              .returns(DeadLetterSerializer.TYPE)
              .uid("test-letters")
              .sinkTo(new DiscardingSink<>())
              .uid("test-sink");
        }
      };

  private static DeadLetter keep(DeadLetter letter) {
    LETTERS.add(letter.reasons());
    return letter;
  }
}
