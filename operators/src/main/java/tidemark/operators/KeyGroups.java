package tidemark.operators;

import java.io.Serializable;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import tidemark.serde.partial.PartialBatch;

/**
 * Which key group a series belongs to, and the key that stands for a whole key group in Flink.
 *
 * <p>Batches are keyed by key group, not by series: for each group there is one int whose own hash
 * Flink assigns to exactly that group. Both mappings follow from the maximum parallelism alone and
 * are part of every savepoint.
 */
public final class KeyGroups implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int maxParallelism;
  private final int[] keyOfGroup;

  public KeyGroups(int maxParallelism) {
    if (maxParallelism < 1 || maxParallelism > 1 << 15) {
      throw new IllegalArgumentException(
          "max parallelism must be 1 to %s, got %s".formatted(1 << 15, maxParallelism));
    }
    this.maxParallelism = maxParallelism;
    keyOfGroup = new int[maxParallelism];
    boolean[] isFound = new boolean[maxParallelism];
    int found = 0;
    for (int key = 0; found < maxParallelism; key++) {
      int group = KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism);
      if (!isFound[group]) {
        isFound[group] = true;
        keyOfGroup[group] = key;
        found++;
      }
    }
  }

  public int maxParallelism() {
    return maxParallelism;
  }

  /** Key group of a series, from the high half of its id. */
  public int groupOf(long seriesId) {
    return (int) (((seriesId >>> 32) * maxParallelism) >>> 32);
  }

  /** The key that stands for the group in keyed state. */
  public Integer keyOf(int group) {
    return keyOfGroup[group];
  }

  /** Key groups that a task's keyed state holds. */
  public KeyGroupRange rangeOf(TaskInfo task) {
    return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
        maxParallelism, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
  }

  /** For {@code keyBy}. */
  public KeySelector<PartialBatch, Integer> selector() {
    return batch -> keyOf(batch.keyGroup());
  }
}
