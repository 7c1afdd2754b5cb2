package tidemark.operators.compare;

import java.io.Serializable;
import org.apache.iceberg.SnapshotRef;

/**
 * What to compare.
 *
 * @param branch of a replay: the right side
 * @param other main, which stands for the base of the branch, or another replay's branch: the left
 * @param fromMs start of the part that is compared; {@link Long#MIN_VALUE} for no bound
 * @param toMs its end; {@link Long#MAX_VALUE} for no bound
 * @param completeness whether a replay that has not ended may be compared
 * @param report where the report goes
 * @param memoryBytes heap for the row groups that one task reads side by side
 */
public record CompareConfig(
    String branch,
    String other,
    long fromMs,
    long toMs,
    Completeness completeness,
    String report,
    long memoryBytes)
    implements Serializable {

  /** Whether a replay that has not ended may be compared. */
  public enum Completeness {
    REQUIRED,
    NOT_REQUIRED
  }

  public CompareConfig {
    if (branch.isBlank() || branch.equals(SnapshotRef.MAIN_BRANCH)) {
      throw new IllegalArgumentException(
          "the branch to compare must be one of a replay, got '%s'".formatted(branch));
    }
    if (other.equals(branch)) {
      throw new IllegalArgumentException(
          "branch %s cannot be compared with itself".formatted(branch));
    }
    if (report.isBlank()) {
      throw new IllegalArgumentException("the place of the report must not be blank");
    }
    if (memoryBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "the memory for reading must be at least 1 mb, got %s bytes".formatted(memoryBytes));
    }
  }

  boolean isWhole() {
    return fromMs == Long.MIN_VALUE && toMs == Long.MAX_VALUE;
  }
}
