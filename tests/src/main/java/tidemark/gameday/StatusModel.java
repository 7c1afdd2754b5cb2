package tidemark.gameday;

import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.Set;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.VerdictStatus;

/**
 * What a window is, by the words of {@code docs/rules.md}: bad beyond a threshold, and well again
 * behind its recovery threshold. Pure.
 */
final class StatusModel {
  /**
   * What a window is.
   *
   * @param status what is told
   * @param level what the next window's recovery looks at: OK, WARN or ALERT
   */
  record State(VerdictStatus status, VerdictStatus level) {}

  /** Before the first window of a group, as if it were well. */
  static final State FIRST = new State(VerdictStatus.NO_DATA, VerdictStatus.OK);

  private StatusModel() {}

  /**
   * Of a complete window.
   *
   * @param value NaN if it has none
   */
  static State of(Monitor monitor, double value, State before) {
    if (!Double.isNaN(value)) {
      VerdictStatus status = ofValue(monitor.thresholds(), value, before.level());
      return new State(status, status);
    }
    return switch (monitor.noData()) {
      case REPORT -> new State(VerdictStatus.NO_DATA, before.level());
      case OK -> new State(VerdictStatus.OK, VerdictStatus.OK);
      case ALERT -> new State(VerdictStatus.ALERT, VerdictStatus.ALERT);
      case KEEP -> before;
    };
  }

  /** All that it can be, whatever the window before it was taken for at the time. */
  static Set<VerdictStatus> possible(Monitor monitor, double value) {
    Set<VerdictStatus> possible = EnumSet.noneOf(VerdictStatus.class);
    for (VerdictStatus level :
        EnumSet.of(VerdictStatus.OK, VerdictStatus.WARN, VerdictStatus.ALERT)) {
      possible.add(of(monitor, value, new State(level, level)).status());
      possible.add(of(monitor, value, new State(VerdictStatus.NO_DATA, level)).status());
    }
    return possible;
  }

  private static VerdictStatus ofValue(
      Monitor.Thresholds thresholds, double value, VerdictStatus level) {
    double alertEnd =
        level == VerdictStatus.ALERT
            ? thresholds.alertRecovery().orElse(thresholds.alert())
            : thresholds.alert();
    if (isBeyond(thresholds.side(), value, alertEnd)) {
      return VerdictStatus.ALERT;
    }
    OptionalDouble warn = thresholds.warn();
    if (warn.isEmpty()) {
      return VerdictStatus.OK;
    }
    double warnEnd =
        level == VerdictStatus.OK
            ? warn.getAsDouble()
            : thresholds.warnRecovery().orElse(warn.getAsDouble());
    return isBeyond(thresholds.side(), value, warnEnd) ? VerdictStatus.WARN : VerdictStatus.OK;
  }

  private static boolean isBeyond(Monitor.Side side, double value, double threshold) {
    return side == Monitor.Side.ABOVE ? value > threshold : value < threshold;
  }
}
