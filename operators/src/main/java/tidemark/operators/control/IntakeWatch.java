package tidemark.operators.control;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import tidemark.serde.partial.IntakeStatus;

/** Says which partitions bring no heartbeats any more, by the clock of whoever asks. */
final class IntakeWatch {
  /** How far a partition's heartbeats were, and since when by the clock. */
  private record Progress(long heartbeatMs, long sinceMs) {}

  private final long stalledAfterMs;
  private final Map<String, Progress> progress = new HashMap<>();

  IntakeWatch(long stalledAfterMs) {
    this.stalledAfterMs = stalledAfterMs;
  }

  /** The same status with the time, and with the partitions that have stood still for too long. */
  IntakeStatus at(IntakeStatus status, long nowMs) {
    SortedSet<String> stalled = new TreeSet<>();
    status.partitions().keySet().forEach(name -> note(status, name, nowMs, stalled));
    status
        .expected()
        .forEach(
            (topic, count) -> {
              for (int number = 0; number < count; number++) {
                note(status, IntakeStatus.partitionName(topic, number), nowMs, stalled);
              }
            });
    return new IntakeStatus(status.partitions(), status.expected(), nowMs, stalled);
  }

  private void note(IntakeStatus status, String name, long nowMs, SortedSet<String> stalled) {
    IntakeStatus.Partition partition = status.partitions().get(name);
    long heartbeatMs = partition == null ? IntakeStatus.UNKNOWN : partition.heartbeatMs();
    Progress before = progress.get(name);
    if (before == null || before.heartbeatMs() != heartbeatMs) {
      progress.put(name, new Progress(heartbeatMs, nowMs));
    } else if (nowMs - before.sinceMs() >= stalledAfterMs) {
      stalled.add(name);
    }
  }
}
