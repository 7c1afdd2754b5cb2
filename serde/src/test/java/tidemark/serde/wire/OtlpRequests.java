package tidemark.serde.wire;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
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
import java.util.List;

/** OTLP requests, put together with OpenTelemetry's generated classes. */
final class OtlpRequests {
  static final long TIME_MS = 1_767_225_600_123L;
  static final long TIME_NANOS = TIME_MS * 1_000_000 + 999_999;

  private OtlpRequests() {}

  static ExportMetricsServiceRequest of(Metric... metrics) {
    return of(List.of(attribute("host", "web-1")), metrics);
  }

  static ExportMetricsServiceRequest of(List<KeyValue> resource, Metric... metrics) {
    return ExportMetricsServiceRequest.newBuilder()
        .addResourceMetrics(
            ResourceMetrics.newBuilder()
                .setSchemaUrl("https://opentelemetry.io/schemas/1.30.0")
                .setResource(
                    Resource.newBuilder().addAllAttributes(resource).setDroppedAttributesCount(1))
                .addScopeMetrics(
                    ScopeMetrics.newBuilder()
                        .setScope(InstrumentationScope.newBuilder().setName("scope"))
                        .addAllMetrics(List.of(metrics))))
        .build();
  }

  static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  static NumberDataPoint.Builder number(double value) {
    return NumberDataPoint.newBuilder().setTimeUnixNano(TIME_NANOS).setAsDouble(value);
  }

  static Metric gauge(String name, NumberDataPoint.Builder... points) {
    Gauge.Builder gauge = Gauge.newBuilder();
    List.of(points).forEach(gauge::addDataPoints);
    return Metric.newBuilder().setName(name).setUnit("1").setGauge(gauge).build();
  }

  static Metric sum(
      String name, AggregationTemporality temporality, NumberDataPoint.Builder... points) {
    Sum.Builder sum = Sum.newBuilder().setAggregationTemporality(temporality);
    List.of(points).forEach(sum::addDataPoints);
    return Metric.newBuilder().setName(name).setSum(sum).build();
  }

  static Metric histogram(
      String name,
      AggregationTemporality temporality,
      ExponentialHistogramDataPoint.Builder... points) {
    ExponentialHistogram.Builder histogram =
        ExponentialHistogram.newBuilder().setAggregationTemporality(temporality);
    List.of(points).forEach(histogram::addDataPoints);
    return Metric.newBuilder().setName(name).setExponentialHistogram(histogram).build();
  }
}
