package tidemark.serde.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import tidemark.state.MetricType;
import tidemark.state.Refusal;

/**
 * Reads OTLP metrics, an {@code ExportMetricsServiceRequest} as the OpenTelemetry Collector's Kafka
 * exporter writes it (encoding {@code otlp_proto}).
 *
 * <pre>
 *   gauge                                  gauge
 *   sum, delta temporality                 counter, monotonic or not
 *   exponential histogram, delta           distribution, see {@link OtlpHistogramReader}
 *   any other temporality                  refused, cumulative-temporality
 *   histogram with explicit bounds         refused, explicit-histogram
 *   summary                                refused, summary
 *   none of these                          refused, unknown-metric-kind, counted as one point
 *   number point without a value           refused, malformed
 *   flag "no recorded value"               a gap: no point
 * </pre>
 *
 * <p>A refused metric does not touch the others of its record; only bytes that are no such request
 * refuse the record (malformed), or an org that is missing (no-org), or keys that written out pass
 * the bound of {@link SeriesKeyBuffer} (oversized). The org is the caller's, the request names
 * none.
 *
 * <p>Times lose what is finer than a millisecond; integers beyond 2^53 become the nearest double.
 * Unit, description, start time and exemplars are not read, nor are scopes: metrics of one name
 * from two scopes of a resource are one. Each point is a series entry of its own in the block.
 *
 * <p>Fields may come in any order: each message is scanned once for what its parts depend on, and
 * then read. Nothing is allocated per point. Not thread-safe.
 */
public final class OtlpDecoder implements RecordDecoder {
  private static final int RESOURCE_METRICS = 1 << 3 | ProtoReader.BYTES;
  private static final int RESOURCE = 1 << 3 | ProtoReader.BYTES;
  private static final int RESOURCE_ATTRIBUTE = 1 << 3 | ProtoReader.BYTES;
  private static final int SCOPE_METRICS = 2 << 3 | ProtoReader.BYTES;
  private static final int METRIC = 2 << 3 | ProtoReader.BYTES;
  private static final int METRIC_NAME = 1 << 3 | ProtoReader.BYTES;
  private static final int GAUGE = 5 << 3 | ProtoReader.BYTES;
  private static final int SUM = 7 << 3 | ProtoReader.BYTES;
  private static final int HISTOGRAM = 9 << 3 | ProtoReader.BYTES;
  private static final int EXPONENTIAL_HISTOGRAM = 10 << 3 | ProtoReader.BYTES;
  private static final int SUMMARY = 11 << 3 | ProtoReader.BYTES;

  /** Field of Gauge, Sum, Histogram, ExponentialHistogram and Summary alike. */
  private static final int DATA_POINT = 1 << 3 | ProtoReader.BYTES;

  private static final int TEMPORALITY = 2 << 3 | ProtoReader.VARINT;
  private static final int DELTA = 1;

  private final ProtoReader request = new ProtoReader();
  private final ProtoReader resourceMetrics = new ProtoReader();
  private final ProtoReader resourceReader = new ProtoReader();
  private final ProtoReader scopeMetrics = new ProtoReader();
  private final ProtoReader metric = new ProtoReader();
  private final ProtoReader data = new ProtoReader();

  private final FieldBytes resource = new FieldBytes();
  private final FieldBytes metricData = new FieldBytes();
  private final ByteSink resourceAttributes = new ByteSink();
  private final SeriesKeyBuffer key = new SeriesKeyBuffer();
  private final OtlpNumberReader numbers = new OtlpNumberReader();
  private final OtlpHistogramReader histograms = new OtlpHistogramReader();
  private int nameStart;
  private int nameLength;
  private int dataTag;
  private int dataPoints;
  private long temporality;

  @Override
  public void decode(byte[] value, int start, int length, String defaultOrg, PointBlock into) {
    into.begin();
    if (length == 0) {
      into.refuseRecord(Refusal.EMPTY);
      return;
    }
    byte[] org = defaultOrg.getBytes(UTF_8);
    if (!key.startRecord(SeriesKey.OTLP, org, 0, org.length)) {
      into.refuseRecord(Refusal.NO_ORG);
      return;
    }
    try {
      readRequest(value, start, start + length, into);
      if (key.isExhausted()) {
        into.refuseRecord(Refusal.OVERSIZED);
      } else if (into.seriesCount() == 0 && into.refused().isEmpty() && into.gaps() == 0) {
        into.refuseRecord(Refusal.EMPTY);
      }
    } catch (MalformedMessageException malformed) {
      into.refuseRecord(Refusal.MALFORMED);
    }
  }

  private void readRequest(byte[] value, int start, int end, PointBlock into)
      throws MalformedMessageException {
    request.wrap(value, start, end);
    while (request.hasMore()) {
      int tag = request.readTag();
      if (tag == RESOURCE_METRICS) {
        request.readMessage(resourceMetrics);
        readResourceMetrics(into);
      } else {
        request.skip(tag);
      }
    }
  }

  private void readResourceMetrics(PointBlock into) throws MalformedMessageException {
    int start = resourceMetrics.position();
    resource.clear();
    while (resourceMetrics.hasMore()) {
      int tag = resourceMetrics.readTag();
      if (tag == RESOURCE) {
        resource.take(resourceMetrics);
      } else {
        resourceMetrics.skip(tag);
      }
    }
    collectResourceAttributes();
    resourceMetrics.rewindTo(start);
    while (resourceMetrics.hasMore()) {
      int tag = resourceMetrics.readTag();
      if (tag == SCOPE_METRICS) {
        resourceMetrics.readMessage(scopeMetrics);
        readScopeMetrics(into);
      } else {
        resourceMetrics.skip(tag);
      }
    }
  }

  private void collectResourceAttributes() throws MalformedMessageException {
    resourceAttributes.cutTo(0);
    resource.wrapIn(resourceReader);
    while (resourceReader.hasMore()) {
      int tag = resourceReader.readTag();
      if (tag == RESOURCE_ATTRIBUTE) {
        int length = resourceReader.readLength();
        resourceAttributes.putInt(length);
        resourceAttributes.put(resourceReader.buffer(), resourceReader.position(), length);
        resourceReader.advance(length);
      } else {
        resourceReader.skip(tag);
      }
    }
  }

  private void readScopeMetrics(PointBlock into) throws MalformedMessageException {
    while (scopeMetrics.hasMore()) {
      int tag = scopeMetrics.readTag();
      if (tag == METRIC) {
        scopeMetrics.readMessage(metric);
        readMetric(into);
      } else {
        scopeMetrics.skip(tag);
      }
    }
  }

  private void readMetric(PointBlock into) throws MalformedMessageException {
    if (key.isExhausted()) {
      return;
    }
    findNameAndData();
    metricData.wrapIn(data);
    countDataPoints();
    metricData.wrapIn(data);
    switch (dataTag) {
      case GAUGE -> readNumbers(MetricType.GAUGE, into);
      case SUM -> {
        if (temporality == DELTA) {
          readNumbers(MetricType.COUNTER, into);
        } else {
          refusePoints(Refusal.CUMULATIVE_TEMPORALITY, into);
        }
      }
      case EXPONENTIAL_HISTOGRAM -> {
        if (temporality == DELTA) {
          readHistograms(into);
        } else {
          refusePoints(Refusal.CUMULATIVE_TEMPORALITY, into);
        }
      }
      case HISTOGRAM -> refusePoints(Refusal.EXPLICIT_HISTOGRAM, into);
      case SUMMARY -> refusePoints(Refusal.SUMMARY, into);
      default -> into.refuse(Refusal.UNKNOWN_METRIC_KIND, 1);
    }
  }

  /** Data is a oneof: another kind replaces what was there, the same kind again adds to it. */
  private void findNameAndData() throws MalformedMessageException {
    nameStart = 0;
    nameLength = 0;
    dataTag = 0;
    metricData.clear();
    while (metric.hasMore()) {
      int tag = metric.readTag();
      switch (tag) {
        case METRIC_NAME -> {
          nameLength = metric.readLength();
          nameStart = metric.position();
          metric.advance(nameLength);
        }
        case GAUGE, SUM, HISTOGRAM, EXPONENTIAL_HISTOGRAM, SUMMARY -> {
          if (tag != dataTag) {
            metricData.clear();
          }
          dataTag = tag;
          metricData.take(metric);
        }
        default -> metric.skip(tag);
      }
    }
  }

  private void countDataPoints() throws MalformedMessageException {
    dataPoints = 0;
    temporality = 0;
    while (data.hasMore()) {
      int tag = data.readTag();
      if (tag == TEMPORALITY) {
        temporality = data.readVarint();
      } else {
        data.skip(tag);
        dataPoints += tag == DATA_POINT ? 1 : 0;
      }
    }
  }

  private void refusePoints(Refusal reason, PointBlock into) {
    if (dataPoints > 0) {
      into.refuse(reason, dataPoints);
    }
  }

  /** Key of the metric's series up to where a point's attributes follow; returns its length. */
  private int startKeys(MetricType type) {
    key.startSeries(type);
    if (dataPoints > 0) {
      key.putLongBytes(metric.buffer(), nameStart, nameLength);
      key.putLongBytes(resourceAttributes.array(), 0, resourceAttributes.length());
    }
    return key.length();
  }

  private void readNumbers(MetricType type, PointBlock into) throws MalformedMessageException {
    int keyLength = startKeys(type);
    boolean isPrefixTooLong = key.isTooLong();
    while (data.hasMore() && !key.isExhausted()) {
      int tag = data.readTag();
      if (tag != DATA_POINT) {
        data.skip(tag);
        continue;
      }
      key.cutTo(keyLength);
      numbers.read(data, key);
      if (numbers.isGap()) {
        into.addGap();
      } else if (!numbers.hasValue()) {
        into.refuse(Refusal.MALFORMED, 1);
      } else if (isPrefixTooLong || key.isTooLong()) {
        into.refuse(Refusal.OVERSIZED, 1);
      } else {
        key.addTo(into, type);
        into.addPoint(numbers.timestampMs(), numbers.value());
      }
    }
  }

  private void readHistograms(PointBlock into) throws MalformedMessageException {
    int keyLength = startKeys(MetricType.DISTRIBUTION);
    boolean isPrefixTooLong = key.isTooLong();
    while (data.hasMore() && !key.isExhausted()) {
      int tag = data.readTag();
      if (tag != DATA_POINT) {
        data.skip(tag);
        continue;
      }
      key.cutTo(keyLength);
      histograms.read(data, key);
      if (histograms.isGap()) {
        into.addGap();
      } else if (isPrefixTooLong || key.isTooLong()) {
        into.refuse(Refusal.OVERSIZED, 1);
      } else {
        histograms.addTo(into, key);
      }
    }
  }
}
