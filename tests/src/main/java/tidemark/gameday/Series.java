package tidemark.gameday;

import java.util.List;
import java.util.Random;
import tidemark.state.MetricType;

/**
 * A series that the load sends.
 *
 * @param tags in order
 * @param tagText the same as one text, as {@link RowKey} has it
 */
record Series(String org, MetricType type, String metric, List<String> tags, String tagText) {
  private static final int ORGS = 3;
  private static final int METRICS = 7;
  private static final MetricType[] TYPES = {
    MetricType.COUNTER, MetricType.GAUGE, MetricType.DISTRIBUTION
  };

  /** The series of this number: a few orgs and metrics, many hosts. */
  static Series ofNumber(int number) {
    MetricType type = TYPES[number % TYPES.length];
    int metric = number / TYPES.length % METRICS;
    List<String> tags = List.of("host:h" + number, "zone:z" + number % 5);
    return new Series(
        "org-" + number % ORGS,
        type,
        "gameday." + type.label() + "." + metric,
        tags,
        String.join(",", tags));
  }

  /** A value that makes rounding visible: twelve decades, both signs, unless a distribution. */
  double value(Random random) {
    return switch (type) {
      case COUNTER -> random.nextInt(1000) / 8.0 + random.nextDouble();
      case GAUGE -> random.nextGaussian() * Math.pow(10, random.nextInt(12));
      case DISTRIBUTION -> Math.exp(random.nextGaussian() * 2);
    };
  }
}
