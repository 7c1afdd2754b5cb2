package tidemark.serde.wire;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint.Buckets;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import io.opentelemetry.proto.metrics.v1.ScopeMetrics;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import tidemark.state.MetricType;

/** Random OTLP requests of all kinds, and what they say read in two independent ways. */
final class RandomOtlp {
  private RandomOtlp() {}

  static ExportMetricsServiceRequest request(Random random) {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    for (int resource = random.nextInt(2); resource >= 0; resource--) {
      Metric[] metrics =
          IntStream.rangeClosed(0, random.nextInt(4))
              .mapToObj(i -> metric(random))
              .toArray(Metric[]::new);
      request.mergeFrom(OtlpRequests.of(attributes(random), metrics));
    }
    return request.build();
  }

  private static List<KeyValue> attributes(Random random) {
    return IntStream.range(0, random.nextInt(4))
        .mapToObj(i -> KeyValue.newBuilder().setKey("k" + i).setValue(value(random, 0)).build())
        .toList();
  }

  private static AnyValue value(Random random, int depth) {
    AnyValue.Builder value = AnyValue.newBuilder();
    switch (random.nextInt(depth > 3 ? 5 : 7)) {
      case 0 -> value.setBoolValue(random.nextBoolean());
      case 1 -> value.setIntValue(random.nextLong());
      case 2 -> value.setDoubleValue(random.nextGaussian());
      case 3 -> value.setBytesValue(ByteString.copyFromUtf8("bytes"));
      case 4 -> value.setStringValue("text-\u20ac" + random.nextInt(10));
      case 5 -> value.setArrayValue(ArrayValue.newBuilder().addValues(value(random, depth + 1)));
      default ->
          value
              .getKvlistValueBuilder()
              .addValues(KeyValue.newBuilder().setKey("n").setValue(value(random, depth + 1)));
    }
    return value.build();
  }

  private static Metric metric(Random random) {
    String name = "metric-" + random.nextInt(10);
    AggregationTemporality temporality =
        AggregationTemporality.forNumber(random.nextInt(4) == 0 ? random.nextInt(3) : 1);
    return switch (random.nextInt(8)) {
      case 0 ->
          Metric.newBuilder()
              .setName(name)
              .setHistogram(
                  Histogram.newBuilder()
                      .addDataPoints(HistogramDataPoint.newBuilder().addBucketCounts(3)))
              .build();
      case 1 ->
          Metric.newBuilder()
              .setName(name)
              .setSummary(Summary.newBuilder().addDataPoints(SummaryDataPoint.newBuilder()))
              .build();
      case 2, 3 ->
          OtlpRequests.histogram(name, temporality, histogramPoint(random), histogramPoint(random));
      case 4, 5 -> OtlpRequests.sum(name, temporality, numberPoint(random), numberPoint(random));
      default -> OtlpRequests.gauge(name, numberPoint(random), numberPoint(random));
    };
  }

  private static NumberDataPoint.Builder numberPoint(Random random) {
    NumberDataPoint.Builder point =
        NumberDataPoint.newBuilder()
            .setTimeUnixNano(random.nextLong() >> random.nextInt(64))
            .setStartTimeUnixNano(1)
            .addExemplars(Exemplar.newBuilder().setAsInt(1))
            .addAllAttributes(attributes(random))
            .setFlags(random.nextInt(8) == 0 ? 1 : 0);
    switch (random.nextInt(8)) {
      case 0 -> point.clearValue();
      case 1, 2 -> point.setAsInt(random.nextLong());
      default -> point.setAsDouble(random.nextGaussian());
    }
    return point;
  }

  private static ExponentialHistogramDataPoint.Builder histogramPoint(Random random) {
    Buckets positive = buckets(random);
    Buckets negative = buckets(random);
    long zeros = random.nextInt(3);
    long samples = zeros + sum(positive) + sum(negative);
    return ExponentialHistogramDataPoint.newBuilder()
        .setTimeUnixNano(OtlpRequests.TIME_NANOS)
        .addAllAttributes(attributes(random))
        .setScale(random.nextInt(31) - 10)
        .setZeroCount(zeros)
        .setCount(random.nextInt(10) == 0 ? 1 + random.nextInt(9) : samples)
        .setPositive(positive)
        .setNegative(negative)
        .setSum(random.nextGaussian())
        .setMin(-3)
        .setMax(3)
        .setFlags(random.nextInt(10) == 0 ? 1 : 0);
  }

  private static Buckets buckets(Random random) {
    Buckets.Builder buckets = Buckets.newBuilder().setOffset(random.nextInt(100) - 50);
    for (int i = random.nextInt(5); i > 0; i--) {
      buckets.addBucketCounts(random.nextInt(300));
    }
    return buckets.build();
  }

  private static long sum(Buckets buckets) {
    long most = 1L << 40;
    return buckets.getBucketCountsList().stream()
        .mapToLong(count -> count < 0 ? most : Math.min(count, most))
        .sum();
  }

  /** One line per number point or histogram taken, in order, then gaps and refused points. */
  static List<String> pointsOf(PointBlock block) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < block.seriesCount(); i++) {
      String series = series(block, i);
      for (int point = block.firstPoint(i); point < block.firstPoint(i + 1); point++) {
        lines.add(line(series, block.timestampsMs()[point], block.values()[point]));
      }
      HistogramColumns columns = block.histograms();
      for (int h = block.firstHistogram(i); h < block.firstHistogram(i + 1); h++) {
        String samples = " of " + columns.samples(h);
        lines.add(line(series, columns.timestampMs(h), columns.sum(h)) + samples);
      }
    }
    long refused = block.refused().values().stream().mapToLong(Long::longValue).sum();
    lines.add("gaps " + block.gaps() + " refused " + refused);
    return lines;
  }

  private static String series(PointBlock block, int series) {
    ByteBuffer key =
        ByteBuffer.wrap(block.keys(), block.keyStart(series), block.keyLength(series)).slice();
    byte[] metric = new byte[key.getInt(8)];
    key.position(12).get(metric).getInt();
    int attributes = 0;
    while (key.hasRemaining()) {
      int length = key.getInt();
      key.position(key.position() + length);
      attributes++;
    }
    return name(block.type(series), new String(metric, StandardCharsets.UTF_8), attributes);
  }

  private static String name(MetricType type, String metric, int attributes) {
    return type + " " + metric + " with " + attributes;
  }

  private static String line(String series, long timestampMs, double value) {
    return series + " at " + timestampMs + ": " + Double.doubleToRawLongBits(value);
  }

  /** The same from the generated classes. */
  static List<String> pointsOf(ExportMetricsServiceRequest request) {
    Reading reading = new Reading();
    for (ResourceMetrics resource : request.getResourceMetricsList()) {
      int attributes = resource.getResource().getAttributesCount();
      for (ScopeMetrics scope : resource.getScopeMetricsList()) {
        scope.getMetricsList().forEach(metric -> reading.add(metric, attributes));
      }
    }
    reading.lines.add("gaps " + reading.gaps + " refused " + reading.refused);
    return reading.lines;
  }

  private static final class Reading {
    private final List<String> lines = new ArrayList<>();
    private int gaps;
    private int refused;

    private void add(Metric metric, int attributes) {
      switch (metric.getDataCase()) {
        case GAUGE ->
            metric
                .getGauge()
                .getDataPointsList()
                .forEach(point -> add(MetricType.GAUGE, metric, attributes, point));
        case SUM -> {
          if (metric.getSum().getAggregationTemporalityValue() == 1) {
            metric
                .getSum()
                .getDataPointsList()
                .forEach(point -> add(MetricType.COUNTER, metric, attributes, point));
          } else {
            refused += metric.getSum().getDataPointsCount();
          }
        }
        case EXPONENTIAL_HISTOGRAM -> {
          ExponentialHistogram histogram = metric.getExponentialHistogram();
          if (histogram.getAggregationTemporalityValue() == 1) {
            histogram.getDataPointsList().forEach(point -> add(metric, attributes, point));
          } else {
            refused += histogram.getDataPointsCount();
          }
        }
        case HISTOGRAM -> refused += metric.getHistogram().getDataPointsCount();
        case SUMMARY -> refused += metric.getSummary().getDataPointsCount();
        case DATA_NOT_SET -> refused++;
      }
    }

    private void add(MetricType type, Metric metric, int attributes, NumberDataPoint point) {
      if ((point.getFlags() & 1) != 0) {
        gaps++;
      } else if (point.getValueCase() == NumberDataPoint.ValueCase.VALUE_NOT_SET) {
        refused++;
      } else {
        String series = name(type, metric.getName(), attributes + point.getAttributesCount());
        double value = point.hasAsInt() ? point.getAsInt() : point.getAsDouble();
        lines.add(line(series, millis(point.getTimeUnixNano()), value));
      }
    }

    private void add(Metric metric, int attributes, ExponentialHistogramDataPoint point) {
      boolean isEmpty =
          point.getCount() == 0
              && point.getZeroCount() == 0
              && point.getSum() == 0
              && sum(point.getPositive()) == 0
              && sum(point.getNegative()) == 0;
      if (isEmpty || (point.getFlags() & 1) != 0) {
        gaps++;
      } else if (!isGood(point)) {
        refused++;
      } else {
        int all = attributes + point.getAttributesCount();
        String series = name(MetricType.DISTRIBUTION, metric.getName(), all);
        lines.add(
            line(series, millis(point.getTimeUnixNano()), point.getSum())
                + " of "
                + point.getCount());
      }
    }

    private static long millis(long nanos) {
      return Long.divideUnsigned(nanos, 1_000_000);
    }

    private static boolean isGood(ExponentialHistogramDataPoint point) {
      double bound = Math.pow(2, 960);
      boolean isOrdered = !point.hasMin() || !point.hasMax() || point.getMin() <= point.getMax();
      return point.hasSum()
          && Math.abs(point.getScale() - 5) <= 15
          && point.getCount() > 0
          && point.getCount() <= 1L << 32
          && point.getZeroCount() >= 0
          && point.getZeroCount() + sum(point.getPositive()) + sum(point.getNegative())
              == point.getCount()
          && Math.abs(point.getSum()) <= bound
          && Math.abs(point.getMin()) <= bound
          && Math.abs(point.getMax()) <= bound
          && isOrdered
          && isInRange(point.getPositive(), point.getScale())
          && isInRange(point.getNegative(), point.getScale());
    }

    private static boolean isInRange(Buckets buckets, int scale) {
      double growth = Math.pow(2, Math.pow(2, -scale));
      double estimate = scale < 6 ? 64 * Math.log(2 / (1 + 1 / growth)) / Math.log(2) : 0;
      for (int i = 0; i < buckets.getBucketCountsCount(); i++) {
        double bin = ((double) buckets.getOffset() + i) * Math.pow(2, 6 - scale);
        if (buckets.getBucketCounts(i) != 0 && Math.floor(bin + estimate) > 960 * 64) {
          return false;
        }
      }
      return true;
    }
  }
}
