package tidemark.serde.flink;

import tidemark.state.monitor.Judgement;

/**
 * The last word on a window of a group.
 *
 * @param value as its verdict has it, NaN for none
 * @param points as its verdict has them
 * @param revision of its verdict
 * @param isProvisional whether it was said before the window was complete
 */
public record JudgedWindow(
    Judgement judgement, double value, long points, int revision, boolean isProvisional) {

  public JudgedWindow withRevision(int other) {
    return new JudgedWindow(judgement, value, points, other, isProvisional);
  }
}
