package tidemark.operators.replay;

import java.io.Serializable;
import tidemark.state.selection.PointSelection;

/**
 * The checked settings of the source of a replay.
 *
 * @param selection points that are wanted: blocks without any are not read
 * @param defaultFormat of records that do not say what they are
 * @param defaultOrg of records that name none; empty if there is none
 * @param retryForMs how long a read of a file is tried again
 */
public record ReplayConfig(
    PointSelection selection, String defaultFormat, String defaultOrg, long retryForMs)
    implements Serializable {
  public ReplayConfig {
    if (retryForMs < 0) {
      throw new IllegalArgumentException(
          "reads must be tried again for at least 0 ms, got %s ms".formatted(retryForMs));
    }
  }
}
