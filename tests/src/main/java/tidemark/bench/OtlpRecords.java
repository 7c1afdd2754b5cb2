package tidemark.bench;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.List;
import tidemark.state.MetricType;

/** OTLP requests as a collector sends them: a resource per host, its metrics below it. */
final class OtlpRecords implements RecordWriter {
  private final Workload workload;
  private final Points points;

  OtlpRecords(Workload workload) {
    this.workload = workload;
    points = new Points(workload);
  }

  @Override
  public byte[] record(int group, int window, int slice) {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    int end = workload.firstSeries(group + 1);
    for (int first = workload.firstSeries(group); first < end; ) {
      int next = Math.min(end, (first / Workload.METRICS_PER_HOST + 1) * Workload.METRICS_PER_HOST);
      ScopeMetrics.Builder metrics = ScopeMetrics.newBuilder();
      for (int s = first; s < next; s++) {
        if (points.first(s, slice) < points.end(s, slice)) {
          metrics.addMetrics(metric(s, window, slice));
        }
      }
      request.addResourceMetrics(
          ResourceMetrics.newBuilder().setResource(host(first)).addScopeMetrics(metrics));
      first = next;
    }
    return request.build().toByteArray();
  }

  private static Resource.Builder host(int series) {
    Resource.Builder resource = Resource.newBuilder();
    for (String tag : Workload.tags(series)) {
      List<String> parts = List.of(tag.split(":", 2));
      resource.addAttributes(
          KeyValue.newBuilder()
              .setKey(parts.get(0))
              .setValue(AnyValue.newBuilder().setStringValue(parts.get(1))));
    }
    return resource;
  }

  private Metric.Builder metric(int series, int window, int slice) {
    Metric.Builder metric = Metric.newBuilder().setName(Workload.metric(series));
    boolean isGauge = workload.type(series) == MetricType.GAUGE;
    for (int p = points.first(series, slice); p < points.end(series, slice); p++) {
      NumberDataPoint.Builder point =
          NumberDataPoint.newBuilder()
              .setTimeUnixNano(points.timestampMs(series, window, p) * 1_000_000)
              .setAsDouble(points.value());
      if (isGauge) {
        metric.getGaugeBuilder().addDataPoints(point);
      } else {
        metric
            .getSumBuilder()
            .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA)
            .setIsMonotonic(true)
            .addDataPoints(point);
      }
    }
    return metric;
  }
}
