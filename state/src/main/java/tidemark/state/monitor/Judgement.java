package tidemark.state.monitor;

import java.util.OptionalDouble;
import tidemark.state.definition.Monitor;

/**
 * What a window is, and what the next one must know of it.
 *
 * @param status what is told
 * @param level the state that recovery thresholds act on: OK, WARN or ALERT. It is the status but
 *     for windows without data, through which it lasts
 */
public record Judgement(VerdictStatus status, VerdictStatus level) {
  /** What stands before the first window of a group. */
  public static final Judgement NEW = new Judgement(VerdictStatus.NO_DATA, VerdictStatus.OK);

  public Judgement {
    if (level.compareTo(VerdictStatus.ALERT) > 0) {
      throw new IllegalArgumentException("level must be OK, WARN or ALERT, got " + level);
    }
  }

  private static Judgement of(VerdictStatus status) {
    return new Judgement(status, status);
  }

  /**
   * Of a window with a value. A value beyond a threshold is bad. What was an alert stays one until
   * the value has passed the recovery threshold back; what was a warning or an alert likewise stays
   * a warning.
   *
   * @param before judgement of the window before
   */
  public static Judgement ofValue(Monitor.Thresholds thresholds, double value, Judgement before) {
    boolean wasAlert = before.level == VerdictStatus.ALERT;
    if (thresholds.isBad(value, thresholds.alert())
        || (wasAlert && isBad(thresholds, value, thresholds.alertRecovery()))) {
      return of(VerdictStatus.ALERT);
    }
    boolean wasWarning = before.level != VerdictStatus.OK;
    if (isBad(thresholds, value, thresholds.warn())
        || (wasWarning && isBad(thresholds, value, thresholds.warnRecovery()))) {
      return of(VerdictStatus.WARN);
    }
    return of(VerdictStatus.OK);
  }

  private static boolean isBad(
      Monitor.Thresholds thresholds, double value, OptionalDouble threshold) {
    return threshold.isPresent() && thresholds.isBad(value, threshold.getAsDouble());
  }

  /**
   * Of a complete window without points.
   *
   * @param before judgement of the window before
   */
  public static Judgement ofNothing(Monitor.NoData policy, Judgement before) {
    return switch (policy) {
      case REPORT -> new Judgement(VerdictStatus.NO_DATA, before.level);
      case OK -> of(VerdictStatus.OK);
      case ALERT -> of(VerdictStatus.ALERT);
      case KEEP -> before;
    };
  }
}
