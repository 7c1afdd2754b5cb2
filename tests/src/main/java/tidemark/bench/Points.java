package tidemark.bench;

import java.util.Random;
import java.util.SplittableRandom;

/**
 * Times and values of the points of a {@link Workload}: two decimals from 0 to 100, or, for
 * distributions, as latencies fall: log-normal, about 60 bins of a sketch for 100 samples.
 */
final class Points {
  private static final int LATENCIES = 1 << 14;
  private static final double SPREAD = 0.5;

  private final Workload workload;
  private final SplittableRandom random;
  private final double[] latencies;

  Points(Workload workload) {
    this.workload = workload;
    random = new SplittableRandom(workload.seed());
    latencies = new double[workload.is(Trait.DISTRIBUTIONS) ? LATENCIES : 0];
    Random gaussian = new Random(workload.seed());
    for (int i = 0; i < latencies.length; i++) {
      latencies[i] = 100 * Math.exp(SPREAD * gaussian.nextGaussian());
    }
  }

  /** Agents do not send in step: the first point of a series comes some time into the window. */
  long timestampMs(int series, int window, int point) {
    long stepMs = Workload.WINDOW_MS / workload.pointsOf(series);
    return workload.windowStartMs(window)
        + series % Workload.SERIES_PER_RECORD % stepMs
        + point * stepMs;
  }

  /** Of the next point, in the order of the records. */
  double value() {
    return latencies.length > 0
        ? latencies[random.nextInt(LATENCIES)]
        : random.nextInt(10_000) / 100.0;
  }

  /** First of a series' points in a slice. */
  int first(int series, int slice) {
    return workload.slices() == 1 ? 0 : Math.min(slice, workload.pointsOf(series));
  }

  /** End, exclusive, of a series' points in a slice. */
  int end(int series, int slice) {
    int all = workload.pointsOf(series);
    return workload.slices() == 1 ? all : Math.min(slice + 1, all);
  }
}
