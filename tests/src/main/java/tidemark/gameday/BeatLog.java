package tidemark.gameday;

import java.util.ArrayList;
import java.util.List;

/**
 * The beats of a live load: each is a second's points and, behind them, a heartbeat in every
 * partition but in one that is stalled. Not thread-safe.
 */
final class BeatLog {
  /** In place of a partition's number: none is stalled. */
  static final int NO_PARTITION = -1;

  /**
   * One beat.
   *
   * @param untilMs what its heartbeats promise: no earlier point will follow
   * @param startedMs by the clock, when its first point was sent
   * @param sentMs by the clock, before its first heartbeat was sent
   * @param stalledPartition which got no heartbeat
   */
  record Beat(long untilMs, long startedMs, long sentMs, int stalledPartition) {}

  /**
   * A partition without heartbeats, while all others have them.
   *
   * @param promisedMs its last heartbeat before
   * @param fromMs by the clock, when the first heartbeat was left out
   * @param untilMs by the clock, before the next one was sent; {@link Long#MAX_VALUE} if none was
   */
  record Stall(int partition, long promisedMs, long fromMs, long untilMs) {}

  private final List<Beat> beats = new ArrayList<>();

  void add(Beat beat) {
    beats.add(beat);
  }

  int size() {
    return beats.size();
  }

  /** The last beat whose sending had begun at that time; -1 if none had. */
  int lastStartedAt(long clockMs) {
    int last = beats.size() - 1;
    while (last >= 0 && beats.get(last).startedMs() > clockMs) {
      last--;
    }
    return last;
  }

  /**
   * The first beat whose heartbeat in that partition is later than a watermark: whoever has the
   * watermark has read all points that were sent into the partition up to that beat.
   *
   * @throws IllegalArgumentException if no heartbeat is: nobody can have that watermark
   */
  int firstBehind(int partition, long watermarkMs) {
    int from = 0;
    if (!beats.isEmpty()) { // they rise by a second, but for a last one that may jump
      long seconds = (watermarkMs - beats.get(0).untilMs()) / 1000 - 1;
      from = (int) Math.max(0, Math.min(beats.size() - 1, seconds));
    }
    for (int beat = from; beat < beats.size(); beat++) {
      Beat each = beats.get(beat);
      if (each.untilMs() > watermarkMs && each.stalledPartition() != partition) {
        return beat;
      }
    }
    throw new IllegalArgumentException(
        "partition %d has no heartbeat later than watermark %d".formatted(partition, watermarkMs));
  }

  /** All stalls, in order. */
  List<Stall> stalls() {
    List<Stall> stalls = new ArrayList<>();
    for (int i = 1; i < beats.size(); i++) {
      int partition = beats.get(i).stalledPartition();
      if (partition == NO_PARTITION || beats.get(i - 1).stalledPartition() == partition) {
        continue;
      }
      int end = i;
      while (end < beats.size() && beats.get(end).stalledPartition() == partition) {
        end++;
      }
      stalls.add(
          new Stall(
              partition,
              beats.get(i - 1).untilMs(),
              beats.get(i).sentMs(),
              end == beats.size() ? Long.MAX_VALUE : beats.get(end).sentMs()));
    }
    return stalls;
  }
}
