package tidemark.state.monitor;

import tidemark.state.definition.Monitor;

/**
 * The windows of one version of a monitor: they end at multiples of its step and lie wholly in the
 * time in which it is in force. Times are epoch ms; a window's end is exclusive.
 *
 * @param monitor with the start that really counts
 * @param untilMs end of its time in force, exclusive; {@link Long#MAX_VALUE} for none
 */
public record MonitorWindows(Monitor monitor, long untilMs) {

  /** End of the first window that ends after that time. */
  public long firstEndAfter(long timeMs) {
    return lastEndUpTo(timeMs) + monitor.stepMs();
  }

  /** End of the last window that ends at that time or before. */
  public long lastEndUpTo(long timeMs) {
    return timeMs - Math.floorMod(timeMs, monitor.stepMs());
  }

  /** End of the first window that starts at that time or later. */
  public long firstEndStartingAt(long timeMs) {
    return firstEndAfter(timeMs + monitor.windowMs() - 1);
  }

  /** End of the last window that a watermark completes; it may end before the first one starts. */
  public long lastEndAt(long watermarkMs) {
    return lastEndUpTo(Math.min(watermarkMs + 1, untilMs));
  }

  /** Start of the window that ends then. */
  public long startOf(long endMs) {
    return endMs - monitor.windowMs();
  }

  public boolean isInForce(long endMs) {
    return startOf(endMs) >= monitor.fromMs() && endMs <= untilMs;
  }
}
