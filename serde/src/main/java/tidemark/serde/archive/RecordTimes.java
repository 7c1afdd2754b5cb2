package tidemark.serde.archive;

import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.HistogramColumns;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchDecoder;
import tidemark.serde.wire.OtlpDecoder;
import tidemark.serde.wire.PointBlock;
import tidemark.serde.wire.RecordDecoder;
import tidemark.serde.wire.SeriesKey;
import tidemark.state.Refusal;

/**
 * Finds a record's org and the times of its points with the decoders of the job, one record after
 * the other.
 *
 * <ul>
 *   <li>A heartbeat that can be read is one, without an org.
 *   <li>The org is the one that the points would be stored under, or, if none can be read, the
 *       header's; empty if there is none, or none that is 1 to {@value SeriesKey#MAX_ORG_BYTES}
 *       bytes of UTF-8. A job that gives an org to such records chooses the empty org, too.
 *   <li>The times are those of all points that can be read, whether admission would take them or
 *       not. A record without a readable point may hold any time. Points that are refused inside a
 *       record others of which are not (say, of an explicit histogram) do not count.
 * </ul>
 *
 * <p>Never throws, whatever the bytes. Costs what decoding costs; allocates nothing per record
 * beyond what the decoders do. Not thread-safe.
 */
public final class RecordTimes implements RecordFacts {
  /** Lets a record be read that names no org; any valid one will do. */
  private static final String STAND_IN_ORG = "?";

  private final int maxRecordBytes;
  private final RecordDecoder nativeDecoder = new NativeBatchDecoder();
  private final RecordDecoder otlpDecoder = new OtlpDecoder();
  private final PointBlock points = new PointBlock();
  private final TextCache orgs = new TextCache();

  private String org = "";
  private boolean isHeartbeat;
  private long earliestMs = ANY_EARLIEST_MS;
  private long latestMs = ANY_LATEST_MS;

  /**
   * @param maxRecordBytes larger values are not decoded: bounds the memory
   */
  public RecordTimes(int maxRecordBytes) {
    this.maxRecordBytes = maxRecordBytes;
  }

  /**
   * Goes on to a record; what was found of the one before is forgotten.
   *
   * @param format what its header says that it is, or the default, see {@link IntakeHeaders}
   * @param headerOrg org that its header names; empty if none
   * @param value null for a tombstone
   */
  public void read(String format, String headerOrg, byte[] value) {
    org = "";
    isHeartbeat = false;
    earliestMs = ANY_EARLIEST_MS;
    latestMs = ANY_LATEST_MS;
    if (format.equals(IntakeHeaders.HEARTBEAT) && Heartbeat.parse(value) != Heartbeat.INVALID) {
      isHeartbeat = true;
      return;
    }
    org = SeriesKey.isOrg(headerOrg) ? headerOrg : "";
    if (value == null || value.length > maxRecordBytes) {
      return;
    }
    if (format.equals(IntakeHeaders.NATIVE)) {
      decode(nativeDecoder, value);
    } else if (format.equals(IntakeHeaders.OTLP)) {
      decode(otlpDecoder, value);
    }
  }

  private void decode(RecordDecoder decoder, byte[] value) {
    decoder.decode(value, org, points);
    if (points.isRecordRefused() && points.refused().containsKey(Refusal.NO_ORG)) {
      org = "";
      decoder.decode(value, STAND_IN_ORG, points);
    } else if (points.seriesCount() > 0) {
      int start = points.keyStart(0);
      org =
          orgs.text(
              points.keys(),
              start + SeriesKey.ORG_OFFSET,
              SeriesKey.orgLength(points.keys(), start));
    }
    takeTimes();
  }

  private void takeTimes() {
    HistogramColumns histograms = points.histograms();
    int pointCount = points.pointCount();
    int histogramCount = histograms.count();
    if (pointCount + histogramCount == 0) {
      return;
    }
    long earliest = Long.MAX_VALUE;
    long latest = Long.MIN_VALUE;
    long[] timestampsMs = points.timestampsMs();
    for (int i = 0; i < pointCount; i++) {
      earliest = Math.min(earliest, timestampsMs[i]);
      latest = Math.max(latest, timestampsMs[i]);
    }
    for (int i = 0; i < histogramCount; i++) {
      earliest = Math.min(earliest, histograms.timestampMs(i));
      latest = Math.max(latest, histograms.timestampMs(i));
    }
    earliestMs = earliest;
    latestMs = latest;
  }

  @Override
  public String org() {
    return org;
  }

  @Override
  public boolean isHeartbeat() {
    return isHeartbeat;
  }

  @Override
  public long earliestMs() {
    return earliestMs;
  }

  @Override
  public long latestMs() {
    return latestMs;
  }
}
