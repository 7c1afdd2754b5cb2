package tidemark.state.monitor;

import tidemark.state.PartialRow;
import tidemark.state.SketchBuffer;
import tidemark.state.definition.Monitor;

/**
 * Computes what a monitor measures of a window, with the same sums and sketches as the gateway, so
 * that both give one number. Holds a buffer; not thread-safe. Costs a pass over the sketch's bins
 * for percentiles and shares, else nothing.
 */
public final class WindowValue {
  /** What an empty window has. */
  public static final double NONE = Double.NaN;

  private final SketchBuffer sketch = new SketchBuffer();

  /**
   * @param window all rows of the window, merged
   * @return finite, or {@link #NONE} if a distribution brought no sample into its sketch
   */
  public double of(Monitor.Measure measure, PartialRow window) {
    return switch (measure.function()) {
      case COUNT -> window.count;
      case SUM -> window.sum;
      case AVG -> window.sum / window.count;
      case MIN -> window.min;
      case MAX -> window.max;
      case LAST -> window.last;
      case PERCENTILE, SHARE_ABOVE, SHARE_BELOW -> ofSketch(measure, window);
    };
  }

  private double ofSketch(Monitor.Measure measure, PartialRow window) {
    sketch.clear();
    sketch.mergeEncoded(window.sketch, window.sketchOffset, window.sketchLength);
    if (sketch.isEmpty()) {
      return NONE;
    }
    double parameter = measure.parameter();
    double samples = sketch.count();
    return switch (measure.function()) {
      case SHARE_ABOVE -> (sketch.count() - sketch.countBelow(Math.nextUp(parameter))) / samples;
      case SHARE_BELOW -> sketch.countBelow(parameter) / samples;
      default -> sketch.quantile(parameter);
    };
  }

  /**
   * Whether more points can only make an alert of this monitor truer, so that it may be told before
   * the window is complete. A sum is none of these: values may be negative.
   */
  public static boolean onlyGetsWorse(Monitor monitor) {
    boolean isAbove = monitor.thresholds().side() == Monitor.Side.ABOVE;
    return switch (monitor.measure().function()) {
      case COUNT, MAX -> isAbove;
      case MIN -> !isAbove;
      case SUM, AVG, LAST, PERCENTILE, SHARE_ABOVE, SHARE_BELOW -> false;
    };
  }
}
