package tidemark.operators.admit;

import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import tidemark.operators.DeadLetter;
import tidemark.operators.DeadLetterSerializer;
import tidemark.operators.IntakeBatch;
import tidemark.operators.IntakeRecord;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.wire.HistogramColumns;
import tidemark.serde.wire.PointBlock;
import tidemark.serde.wire.SeriesKey;
import tidemark.state.ExactSum;
import tidemark.state.Refusal;
import tidemark.state.selection.OrgTimes;

/**
 * Judges every series and point of a batch in place. A record of which anything was refused, here
 * or in decoding, leaves one dead letter.
 *
 * <p>Time is judged against the record's broker time, never against a clock, so that a replay
 * judges alike. Points outside the settings' selection are passed over: neither accepted nor
 * refused, whatever else is wrong with them. Its times only narrow the bounds that every point is
 * compared with anyway, and a series is looked at when the registry learns it. So are points of
 * other shards; whatever names no org there belongs to the org of its record, at the record's time.
 *
 * <p>Metrics, group {@code tidemark.admit}: {@code pointsAccepted}, {@code pointsRefused}, {@code
 * pointsSkipped}, {@code deadLetters}, {@code cachedSeries}, {@code cacheEmptied}, and {@code
 * refused.<reason>}.
 */
public final class AdmitOperator extends AbstractStreamOperator<IntakeBatch>
    implements OneInputStreamOperator<IntakeBatch, IntakeBatch> {
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("dead-letters", DeadLetterSerializer.TYPE);
  private static final long serialVersionUID = 1L;

  private final AdmitConfig settings;

  private transient SeriesRegistry registry;
  private transient Map<Refusal, Long> refused;

  private transient Counter pointsAccepted;
  private transient Counter pointsRefused;
  private transient Counter pointsSkipped;
  private transient Counter deadLetters;
  private transient Counter cacheEmptied;
  private transient Map<Refusal, Counter> refusedByReason;

  // of the series at hand: range of its admitted times
  private transient long firstMs;
  private transient long lastMs;
  private transient long accepted;
  private transient OrgTimes times; // which of its points are counted

  private transient long skipped; // of the record at hand

  public AdmitOperator(AdmitConfig settings) {
    this.settings = settings;
  }

  @Override
  public void open() throws Exception {
    super.open();
    registry = new SeriesRegistry(settings, System.nanoTime());
    refused = new EnumMap<>(Refusal.class);
    refusedByReason = new EnumMap<>(Refusal.class);
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("admit");
    pointsAccepted = group.counter("pointsAccepted");
    pointsRefused = group.counter("pointsRefused");
    pointsSkipped = group.counter("pointsSkipped");
    deadLetters = group.counter("deadLetters");
    cacheEmptied = group.counter("cacheEmptied");
    group.gauge("cachedSeries", () -> registry.size());
    for (Refusal reason : Refusal.values()) {
      refusedByReason.put(reason, group.addGroup("refused").counter(reason.label()));
    }
  }

  @Override
  public void processElement(StreamRecord<IntakeBatch> element) {
    IntakeBatch batch = element.getValue();
    PointBlock points = batch.points();
    if (registry.isFull()) {
      registry.clear(System.nanoTime());
      cacheEmptied.inc();
    }
    batch.setNames(registry.names());
    batch.accepted().useNames(registry.names());
    batch.reserveSeries();
    refused.clear();
    skipped = 0;
    refuseUndecoded(batch.source(), points);
    long acceptedInRecord = 0;
    for (int series = 0; series < points.seriesCount(); series++) {
      acceptedInRecord += admitSeries(batch, points, series);
    }
    pointsAccepted.inc(acceptedInRecord);
    batch.ledger().count(EpochReport.POINTS_ACCEPTED, acceptedInRecord);
    if (skipped > 0) {
      pointsSkipped.inc(skipped);
      batch.ledger().count(EpochReport.POINTS_SKIPPED, skipped);
    }
    if (!refused.isEmpty()) {
      report(batch);
    }
    output.collect(element);
  }

  private long admitSeries(IntakeBatch batch, PointBlock points, int series) {
    int number = registry.find(points.keys(), points.keyStart(series), points.keyLength(series));
    if (number < 0) {
      batch.refuse(series);
      turnAway(number, points, series);
      return 0;
    }
    firstMs = Long.MAX_VALUE;
    lastMs = Long.MIN_VALUE;
    accepted = 0;
    times = registry.times(number);
    int end = admitPoints(batch.source(), points, series);
    int name = registry.name(number);
    batch
        .accepted()
        .countAll(name, points.timestampsMs(), points.firstPoint(series), end, firstMs, lastMs);
    admitHistograms(batch, points, series, name);
    if (accepted == 0) {
      batch.refuse(series);
      return 0;
    }
    batch.admit(series, registry.seriesId(number), name, end);
    if (registry.isNews(number, firstMs, lastMs)) {
      batch.announcements().add(registry.announce(number, firstMs, lastMs));
    }
    return accepted;
  }

  /** What could not be decoded belongs to whoever has the org that the record names. */
  private void refuseUndecoded(IntakeRecord source, PointBlock points) {
    if (points.refused().isEmpty()) {
      return;
    }
    if (registry.timesOf(source.org()).takes(source.brokerTimeMs())) {
      points.refused().forEach(this::refuse);
    } else {
      points.refused().values().forEach(count -> skipped += count);
    }
  }

  private void turnAway(int found, PointBlock points, int series) {
    long count = allPoints(points, series);
    if (found == SeriesRegistry.SKIPPED) {
      skipped += count;
      return;
    }
    OrgTimes ofOrg = registry.timesOf(SeriesKey.org(points.keys(), points.keyStart(series)));
    long own = ofOrg.isAlways() ? count : pointsOf(ofOrg, points, series);
    skipped += count - own;
    if (own > 0) {
      refuse(SeriesRegistry.refusal(found), own);
    }
  }

  private static long pointsOf(OrgTimes ofOrg, PointBlock points, int series) {
    long count = 0;
    for (int i = points.firstPoint(series); i < points.firstPoint(series + 1); i++) {
      count += ofOrg.takes(points.timestampsMs()[i]) ? 1 : 0;
    }
    HistogramColumns histograms = points.histograms();
    for (int h = points.firstHistogram(series); h < points.firstHistogram(series + 1); h++) {
      count += ofOrg.takes(histograms.timestampMs(h)) ? histograms.samples(h) : 0;
    }
    return count;
  }

  private static long allPoints(PointBlock points, int series) {
    long count = (long) points.firstPoint(series + 1) - points.firstPoint(series);
    for (int h = points.firstHistogram(series); h < points.firstHistogram(series + 1); h++) {
      count += points.histograms().samples(h);
    }
    return count;
  }

  /** Moves the admitted points of a series to the front of its range; returns their end. */
  private int admitPoints(IntakeRecord source, PointBlock points, int series) {
    long[] timestampsMs = points.timestampsMs();
    double[] values = points.values();
    int start = points.firstPoint(series);
    int end = points.firstPoint(series + 1);
    long oldestMs = oldestMs(source);
    long newestMs = newestMs(source);
    boolean hasGaps = times.hasGaps();
    int kept = start;
    for (int i = start; i < end; i++) {
      long timestampMs = timestampsMs[i];
      double value = values[i];
      if (Math.abs(value) <= ExactSum.MAX_VALUE
          && timestampMs >= oldestMs
          && timestampMs <= newestMs
          && !(hasGaps && !times.takes(timestampMs))) {
        timestampsMs[kept] = timestampMs;
        values[kept] = value + 0.0; // -0.0 and 0.0 are one value
        kept++;
        firstMs = Math.min(firstMs, timestampMs);
        lastMs = Math.max(lastMs, timestampMs);
      } else {
        turnAway(source, timestampMs, value, 1);
      }
    }
    accepted += kept - start;
    return kept;
  }

  private void admitHistograms(IntakeBatch batch, PointBlock points, int series, int name) {
    IntakeRecord source = batch.source();
    HistogramColumns histograms = points.histograms();
    for (int h = points.firstHistogram(series); h < points.firstHistogram(series + 1); h++) {
      long timestampMs = histograms.timestampMs(h);
      double worst =
          Math.max(
              Math.abs(histograms.sum(h)),
              Math.max(Math.abs(histograms.min(h)), Math.abs(histograms.max(h))));
      if (worst <= ExactSum.MAX_VALUE
          && timestampMs >= oldestMs(source)
          && timestampMs <= newestMs(source)
          && times.takes(timestampMs)) {
        firstMs = Math.min(firstMs, timestampMs);
        lastMs = Math.max(lastMs, timestampMs);
        accepted += histograms.samples(h);
        batch.accepted().count(name, timestampMs, histograms.samples(h));
      } else {
        turnAway(source, timestampMs, worst, histograms.samples(h));
        histograms.drop(h);
      }
    }
  }

  private long oldestMs(IntakeRecord source) {
    long fromMs = Math.max(Math.max(0, settings.selection().fromMs()), times.firstMs());
    return Math.max(fromMs, source.brokerTimeMs() - settings.maxAgeMs());
  }

  private long newestMs(IntakeRecord source) {
    return Math.min(Math.min(settings.selection().lastMs(), times.lastMs()), newestTakenMs(source));
  }

  private long newestTakenMs(IntakeRecord source) {
    return source.brokerTimeMs() + settings.maxFutureMs();
  }

  private void turnAway(IntakeRecord source, long timestampMs, double value, long count) {
    if (settings.selection().takesTime(timestampMs) && times.takes(timestampMs)) {
      refuse(whyNot(source, timestampMs, value), count);
    } else {
      skipped += count;
    }
  }

  private Refusal whyNot(IntakeRecord source, long timestampMs, double value) {
    if (!Double.isFinite(value)) {
      return Refusal.NOT_FINITE;
    }
    if (!(Math.abs(value) <= ExactSum.MAX_VALUE)) {
      return Refusal.OUT_OF_RANGE;
    }
    if (timestampMs < 0) {
      return Refusal.NEGATIVE_TIMESTAMP;
    }
    return timestampMs > newestTakenMs(source) ? Refusal.FUTURE_TIMESTAMP : Refusal.TOO_OLD;
  }

  private void refuse(Refusal reason, long points) {
    refused.merge(reason, points, Math::addExact);
  }

  private void report(IntakeBatch batch) {
    IntakeRecord source = batch.source();
    boolean isRecordRefused = batch.points().isRecordRefused();
    long total = 0;
    StringBuilder reasons = new StringBuilder();
    for (Map.Entry<Refusal, Long> entry : refused.entrySet()) {
      String label = entry.getKey().label();
      refusedByReason.get(entry.getKey()).inc(isRecordRefused ? 1 : entry.getValue());
      batch.ledger().count("refused." + label, isRecordRefused ? 1 : entry.getValue());
      reasons.append(reasons.length() == 0 ? "" : ",").append(label);
      if (!isRecordRefused) {
        reasons.append(':').append(entry.getValue());
      }
      total += entry.getValue();
    }
    pointsRefused.inc(total);
    batch.ledger().count(EpochReport.POINTS_REFUSED, total);
    deadLetters.inc();
    output.collect(
        DEAD_LETTERS,
        new StreamRecord<>(
            new DeadLetter(
                source.topic(),
                source.partition(),
                source.offset(),
                isRecordRefused ? "decode" : "admit",
                reasons.toString(),
                total,
                source.value())));
  }
}
