package tidemark.operators.watch;

import java.util.HashMap;
import java.util.Map;
import javax.annotation.Nullable;
import tidemark.state.monitor.MonitorWindows;

/**
 * One version of a monitor in one task. Its groups: as many as were announced, of which at most
 * {@link #maxMembers} in each key group have rows at a time. Not thread-safe.
 */
final class WatchedVersion {
  /** By series id. */
  final Map<Long, WatchedGroup> groups = new HashMap<>();

  private final Map<Integer, Integer> membersByKeyGroup = new HashMap<>();

  /** Null until definitions have come that name it. */
  @Nullable MonitorWindows windows;

  /** Watermark since which it is here without a definition; announcements may overtake those. */
  long unknownSinceMs = WatchedGroup.NONE;

  /** End of the last window for which all groups were judged. */
  long judgedEndMs = WatchedGroup.NONE;

  /** End of the last window of which it was told that it is held. */
  long incompleteEndMs = WatchedGroup.NONE;

  int members(int keyGroup) {
    return membersByKeyGroup.getOrDefault(keyGroup, 0);
  }

  void addMember(int keyGroup) {
    membersByKeyGroup.merge(keyGroup, 1, Integer::sum);
  }

  void removeMember(int keyGroup) {
    membersByKeyGroup.merge(keyGroup, -1, Integer::sum);
  }

  /**
   * Groups that one key group may have: its share of the monitor's, and room for chance, so that a
   * monitor which keeps its limit is not refused any in practice: four standard deviations of how
   * many fall into one key group, and four more.
   */
  static int maxMembers(int maxGroups, int keyGroups) {
    double share = (double) maxGroups / keyGroups;
    return (int) Math.min(maxGroups, Math.ceil(share + 4 * Math.sqrt(share) + 4));
  }
}
