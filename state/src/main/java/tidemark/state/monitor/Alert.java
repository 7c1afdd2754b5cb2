package tidemark.state.monitor;

import java.util.Objects;

/**
 * A change of a group's state: from one window to the next, or of one window by late points.
 *
 * @param verdict the one that changes it
 * @param before status of the window before, or of this window before the amendment; OK if there
 *     was none
 */
public record Alert(Verdict verdict, VerdictStatus before) {

  public Alert {
    Objects.requireNonNull(before, "before");
    if (verdict.status() == before) {
      throw new IllegalArgumentException("an alert must change the status, got twice " + before);
    }
  }
}
