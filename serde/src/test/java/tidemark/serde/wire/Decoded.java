package tidemark.serde.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.SeriesLimits;

/** What a block holds, as values that a test can compare. */
final class Decoded {
  static final SeriesLimits WIDE = new SeriesLimits(1000, 100_000, 100_000);

  /** A series with what it owns: text of its key, as resolved, and its points. */
  record Series(String name, MetricType type, List<Point> points, List<Histogram> histograms) {
    static Series of(String name, MetricType type, Point... points) {
      return new Series(name, type, List.of(points), List.of());
    }
  }

  record Point(long timestampMs, double value) {}

  record Histogram(
      long timestampMs,
      long samples,
      long zeros,
      double sum,
      double min,
      double max,
      double relativeError,
      String bins) {}

  private Decoded() {}

  static List<Series> of(PointBlock block) {
    return IntStream.range(0, block.seriesCount())
        .mapToObj(series -> series(block, series))
        .toList();
  }

  private static Series series(PointBlock block, int series) {
    List<Point> points = new ArrayList<>();
    for (int i = block.firstPoint(series); i < block.firstPoint(series + 1); i++) {
      points.add(new Point(block.timestampsMs()[i], block.values()[i]));
    }
    List<Histogram> histograms =
        IntStream.range(block.firstHistogram(series), block.firstHistogram(series + 1))
            .mapToObj(i -> histogram(block.histograms(), i))
            .toList();
    return new Series(name(block, series), block.type(series), points, histograms);
  }

  static String name(PointBlock block, int series) {
    SeriesResolution resolution = resolve(block, series, WIDE);
    if (resolution instanceof SeriesResolution.Accepted accepted) {
      SeriesIdentity identity = accepted.identity();
      return identity.org() + "/" + identity.metric() + identity.tags();
    }
    return "refused: " + ((SeriesResolution.Refused) resolution).reason().label();
  }

  static SeriesResolution resolve(PointBlock block, int series, SeriesLimits limits) {
    return SeriesKey.resolve(block.keys(), block.keyStart(series), block.keyLength(series), limits);
  }

  private static Histogram histogram(HistogramColumns columns, int i) {
    String bins =
        IntStream.range(columns.firstBin(i), columns.firstBin(i + 1))
            .mapToObj(
                bin ->
                    (columns.isBinNegative(bin) ? "-" : "+")
                        + columns.binIndex(bin)
                        + "x"
                        + columns.binSamples(bin))
            .collect(Collectors.joining(" "));
    return new Histogram(
        columns.timestampMs(i),
        columns.samples(i),
        columns.zeros(i),
        columns.sum(i),
        columns.min(i),
        columns.max(i),
        columns.relativeError(i),
        bins);
  }
}
