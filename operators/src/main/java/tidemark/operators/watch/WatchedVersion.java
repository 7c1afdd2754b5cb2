package tidemark.operators.watch;

import java.util.HashMap;
import java.util.Map;
import javax.annotation.Nullable;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.MonitorWindows;

/**
 * One version of a monitor in one task. Of its groups, as many as were announced, at most {@link
 * #maxMembers} in each key group have rows at a time; {@link WatchedGroups} says which are in
 * memory. Not thread-safe.
 */
final class WatchedVersion {
  /** Those that matter, by series id. */
  final Map<Long, WatchedGroup> groups = new HashMap<>();

  /** Refused ones that are still in memory, by series id. */
  final Map<Long, WatchedGroup> resting = new HashMap<>();

  /** Groups that it has at all, most of them in state alone. */
  long announced;

  private final String org;
  private final String metric;
  private final Map<Integer, Integer> membersByKeyGroup = new HashMap<>();

  /** Null until definitions have come that name it. */
  @Nullable MonitorWindows windows;

  /** Watermark since which it is here without a definition; announcements may overtake those. */
  long unknownSinceMs = WatchedGroup.NONE;

  /** Watermark up to which all groups were judged, perhaps by a run before. */
  long judgedMs = WatchedGroup.NONE;

  /** End of the last window for which all groups were judged. */
  long judgedEndMs = WatchedGroup.NONE;

  /** End of the last window of which it was told that it is held. */
  long incompleteEndMs = WatchedGroup.NONE;

  /**
   * @param metric name of the series that feed it
   */
  WatchedVersion(String org, String metric) {
    this.org = org;
    this.metric = metric;
  }

  boolean isOf(SeriesIdentity series) {
    return metric.equals(series.metric()) && org.equals(series.org());
  }

  /** From one window's end to the next one's, at least. */
  long stepMs() {
    return windows == null ? Monitor.PANE_MS : windows.monitor().stepMs();
  }

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
