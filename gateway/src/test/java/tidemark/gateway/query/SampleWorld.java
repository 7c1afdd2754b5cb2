package tidemark.gateway.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import tidemark.state.MetricType;

/**
 * Series of two orgs and all types, and points in the order in which they arrive: most in time,
 * some late by minutes, a few by hours, some twice at one time.
 *
 * @param isStored whether a job sends and stores a row
 */
record SampleWorld(
    List<SampleSeries> series, List<SamplePoint> arriving, Predicate<SampleRow> isStored) {
  static final long START_MS = Instant.parse("2026-03-01T09:40:00Z").toEpochMilli();
  static final List<String> ORGS = List.of("acme", "umbra");

  private static final double[] AWKWARD = {
    1e16, -1e16, 1, 0.1, 0.1, 0.1, -0.3, Double.MIN_VALUE, -2.5e-310, 3e-16, 7
  };

  private record Arrival(double at, SamplePoint point) {}

  static SampleWorld of(Random random, int seriesPerMetric, int points, long lengthMs) {
    List<SampleSeries> series = new ArrayList<>();
    for (String org : ORGS) {
      for (MetricType type : MetricType.values()) {
        for (int metric = 0; metric < 2; metric++) {
          for (int i = 0; i < seriesPerMetric; i++) {
            Map<String, String> tags = new HashMap<>();
            tags.put("host", "h" + i);
            tags.put("region", i % 2 == 0 ? "eu-1" : "us_1");
            if (i % 3 != 1) {
              tags.put("Service", "it's " + i % 3);
            }
            series.add(SampleSeries.of(org, type.label() + "." + metric, type, tags));
          }
        }
      }
    }
    List<Arrival> arrivals = new ArrayList<>();
    for (int i = 0; i < points; i++) {
      SampleSeries of = series.get(random.nextInt(series.size()));
      long timeMs = START_MS + (long) (lengthMs * (double) i / points) + random.nextInt(15_000);
      if (random.nextInt(4) == 0) {
        timeMs -= timeMs % 10_000; // at the edge of a window, and often twice at one time
      }
      double late = random.nextInt(20) == 0 ? random.nextDouble() * 0.4 * points : 0;
      arrivals.add(new Arrival(i + late, new SamplePoint(of, timeMs, value(random, of))));
    }
    arrivals.sort(Comparator.comparingDouble(Arrival::at));
    return new SampleWorld(series, arrivals.stream().map(Arrival::point).toList(), row -> true);
  }

  private static double value(Random random, SampleSeries of) {
    if (of.type() == MetricType.DISTRIBUTION) {
      return Math.exp(random.nextGaussian() * 2) + (random.nextInt(10) == 0 ? 0 : 1e-3);
    }
    if (of.metric().endsWith("1")) {
      return AWKWARD[random.nextInt(AWKWARD.length)];
    }
    return of.type() == MetricType.COUNTER ? random.nextInt(100) : random.nextGaussian() * 50;
  }
}
