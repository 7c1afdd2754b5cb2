package tidemark.state.monitor;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * What a monitor says of one window of one group, and what that rests on.
 *
 * <p>What is told last of an id replaces all that was told before, and none is ever taken back
 * silently.
 *
 * @param id see {@link VerdictSubject#verdictId}
 * @param revision 0 for the first word on a window, then one more for each. A job that a failure
 *     has set back to its checkpoint goes on from the revision there, so the same number can come
 *     again with another word, and a lower one after a higher
 * @param windowStartMs epoch ms
 * @param windowEndMs epoch ms, exclusive
 * @param value {@link WindowValue#NONE} if the window is empty or not complete
 * @param points in the window, as far as known
 */
public record Verdict(
    String id,
    int revision,
    VerdictSubject subject,
    long windowStartMs,
    long windowEndMs,
    VerdictStatus status,
    double value,
    long points,
    Evidence evidence,
    Set<VerdictMark> marks) {

  public Verdict {
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(evidence, "evidence");
    EnumSet<VerdictMark> copy = EnumSet.noneOf(VerdictMark.class);
    copy.addAll(marks);
    marks = Collections.unmodifiableSet(copy);
    if (revision < 0 || points < 0 || windowStartMs >= windowEndMs) {
      throw new IllegalArgumentException(
          ("a verdict must have a revision and points of at least 0 and a window that ends after"
                  + " its start, got %d, %d, %d to %d")
              .formatted(revision, points, windowStartMs, windowEndMs));
    }
  }

  /** Whether there is a value. */
  public boolean hasValue() {
    return !Double.isNaN(value);
  }

  public boolean is(VerdictMark mark) {
    return marks.contains(mark);
  }
}
