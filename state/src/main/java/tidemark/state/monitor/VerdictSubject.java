package tidemark.state.monitor;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.CoarserSeries;

/**
 * Whom a verdict is about.
 *
 * @param monitor name of the monitor
 * @param version of its definition
 * @param group tags of the group, sorted; empty for the one group of a monitor without any
 */
public record VerdictSubject(String org, String monitor, int version, List<String> group) {

  public VerdictSubject {
    group = List.copyOf(group);
  }

  /** Whom a series of {@link CoarserSeries#ofMonitor} is about. */
  public static VerdictSubject ofSeries(SeriesIdentity series) {
    String metric = series.metric();
    int nameAt = metric.lastIndexOf(CoarserSeries.MARK);
    int versionAt = metric.lastIndexOf(CoarserSeries.MARK, nameAt - 1);
    if (!CoarserSeries.isMonitor(metric) || versionAt < 1) {
      throw new IllegalArgumentException("a monitor's series must be named so, got " + metric);
    }
    int version = Integer.parseInt(metric, versionAt + 1, nameAt, 10);
    return new VerdictSubject(series.org(), metric.substring(nameAt + 1), version, series.tags());
  }

  /** The series in which its points are gathered. */
  public SeriesIdentity series() {
    return new SeriesIdentity(org, CoarserSeries.ofMonitor(monitor, version), group);
  }

  /**
   * Id of what is said of one window, in all its revisions, on all tries and restarts: the
   * MurmurHash3 x64 128 (seed 0) of the two halves of the series' hash and the window's end, three
   * big-endian longs, in hexadecimal. Frozen: receivers of alerts tell them apart by it.
   */
  public String verdictId(long windowEndMs) {
    long[] series = series().hash();
    byte[] bytes =
        ByteBuffer.allocate(3 * Long.BYTES)
            .putLong(series[0])
            .putLong(series[1])
            .putLong(windowEndMs)
            .array();
    long[] id = MurmurHash3.hash128x64(bytes, 0, bytes.length, 0);
    return HexFormat.of().toHexDigits(id[0]) + HexFormat.of().toHexDigits(id[1]);
  }
}
