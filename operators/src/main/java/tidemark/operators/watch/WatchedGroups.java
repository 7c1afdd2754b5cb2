package tidemark.operators.watch;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.runtime.state.KeyGroupRange;
import tidemark.serde.flink.GroupState;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.SeriesIdentity;

/**
 * The groups of a task: those that {@linkplain WatchedGroup#matters matter} are in memory, all
 * others in state alone, from where they are loaded when a row of theirs comes. How many there are
 * is up to whoever sends points, how many matter is not.
 *
 * <p>Bound of what is in memory, for each version that is defined: {@link
 * WatchedVersion#maxMembers} for each of the task's key groups, those forgotten within the last
 * five minutes, whose last block of rows is still to be removed, and one without tags. Of a version
 * that no definition has named yet, in the moments after a start, none is refused: it holds those
 * that have rows. Beside these, {@link #MAX_RESTING} refused groups of the whole task rest here, so
 * that the next row of one need not load it: what was refused is written at the next barrier, and
 * one of which nothing was refused for five minutes goes. A group that finds no room is loaded and
 * written at each row.
 *
 * <p>Not thread-safe.
 */
final class WatchedGroups {
  /** Refused groups in memory, 500 bytes each. */
  static final int MAX_RESTING = 4_096;

  private static final long RESTING_MS = 300_000;

  private final KeyGroupRange range;
  private final WatchStore store;
  private final WatchedVersions versions;
  private final int maxResting;
  private int resting;

  /**
   * @param range key groups of the task
   * @param maxResting refused groups that are in memory
   */
  WatchedGroups(KeyGroupRange range, WatchStore store, WatchedVersions versions, int maxResting) {
    this.range = range;
    this.store = store;
    this.versions = versions;
    this.maxResting = maxResting;
  }

  /** Takes a group that a restore brought back into memory. */
  interface Restored {
    void accept(WatchedVersion version, WatchedGroup group);
  }

  /**
   * Finds all versions in state, and brings back what matters of them. State has no order by which
   * that could be found, so this reads every group that is announced, once a start.
   */
  void restore(long watermarkMs, Restored restored) throws Exception {
    store.restore(
        range,
        (keyGroup, seriesId, state) -> {
          WatchedVersion version = versions.of(state.series().org(), state.series().metric());
          version.unknownSinceMs = watermarkMs;
          version.judgedMs = watermarkMs;
          version.announced++;
          WatchedGroup group = ofState(seriesId, keyGroup, state);
          if (!group.matters()) {
            return;
          }
          version.groups.put(seriesId, group);
          if (group.isMember()) {
            version.addMember(keyGroup);
          }
          restored.accept(version, group);
        });
  }

  private static WatchedGroup ofState(long seriesId, int keyGroup, GroupState state) {
    WatchedGroup group = new WatchedGroup(seriesId, keyGroup, state.series());
    group.restore(state);
    return group;
  }

  /** Remembers a group that may be known already: a look into state, and one entry if it is new. */
  void announce(WatchedVersion version, SeriesEntry entry, int keyGroup) throws Exception {
    long seriesId = entry.seriesId();
    if (version.groups.containsKey(seriesId)
        || version.resting.containsKey(seriesId)
        || store.has(keyGroup, seriesId)) {
      return;
    }
    WatchedGroup group = add(version, seriesId, keyGroup, entry.identity());
    if (!group.matters()) {
      version.groups.remove(seriesId);
      store.write(group);
    }
  }

  /** The group without tags of a version; it is always in memory. */
  WatchedGroup whole(WatchedVersion version, SeriesIdentity series, int keyGroup) {
    long seriesId = series.hash()[0];
    WatchedGroup group = version.groups.get(seriesId);
    return group == null ? add(version, seriesId, keyGroup, series) : group;
  }

  private static WatchedGroup add(
      WatchedVersion version, long seriesId, int keyGroup, SeriesIdentity series) {
    WatchedGroup group = new WatchedGroup(seriesId, keyGroup, series);
    group.isDirty = true;
    version.groups.put(seriesId, group);
    version.announced++;
    return group;
  }

  /**
   * The group of that series; null if it was not announced. Whoever asked must {@link #keep} it or
   * {@link #leave} it.
   */
  @Nullable
  WatchedGroup find(WatchedVersion version, long seriesId, int keyGroup) throws Exception {
    WatchedGroup group = version.groups.get(seriesId);
    if (group == null) {
      group = version.resting.get(seriesId);
    }
    if (group != null) {
      return group;
    }
    GroupState state = store.group(keyGroup, seriesId);
    if (state == null || !version.isOf(state.series())) {
      return null;
    }
    group = ofState(seriesId, keyGroup, state);
    group.isAway = true;
    return group;
  }

  /** Keeps a group in memory since it has a row now. */
  void keep(WatchedVersion version, WatchedGroup group) {
    if (!group.isAway) {
      return;
    }
    version.groups.put(group.seriesId, group);
    if (version.resting.remove(group.seriesId) != null) {
      resting--;
    }
    group.catchUp(version);
  }

  /**
   * Takes note that a group's row was not taken.
   *
   * @param floorMs panes before it are not taken any more
   */
  void leave(WatchedVersion version, WatchedGroup group, long floorMs) throws Exception {
    if (group.isAway && !version.groups.containsKey(group.seriesId)) {
      putAway(version, group, floorMs);
    }
  }

  /**
   * Puts a group away that is not in {@link WatchedVersion#groups} any more. What was not taken of
   * it must not be taken later either, also if the next run amends for longer: so it keeps the
   * floor.
   */
  void putAway(WatchedVersion version, WatchedGroup group, long floorMs) throws Exception {
    group.raiseFloor(floorMs, version.windows);
    group.isAway = true;
    if (group.isRefused && rests(version, group)) {
      return;
    }
    if (group.isDirty) {
      store.write(group);
    }
  }

  private boolean rests(WatchedVersion version, WatchedGroup group) {
    if (version.resting.containsKey(group.seriesId)) {
      return true;
    }
    if (resting >= maxResting) {
      return false;
    }
    version.resting.put(group.seriesId, group);
    resting++;
    return true;
  }

  /** Writes what has changed, before a barrier's state is taken. */
  void write(long watermarkMs) throws Exception {
    for (WatchedVersion version : versions.all()) {
      writeChanged(version.groups.values());
      writeChanged(version.resting.values());
      if (watermarkMs != Long.MIN_VALUE) {
        int before = version.resting.size();
        version.resting.values().removeIf(group -> group.beginMs < watermarkMs - RESTING_MS);
        resting -= before - version.resting.size();
      }
    }
  }

  private void writeChanged(Collection<WatchedGroup> groups) throws Exception {
    for (WatchedGroup group : groups) {
      if (group.isDirty) {
        store.write(group);
      }
    }
  }

  /**
   * Removes all groups of versions that have ended. If some are not in memory, this reads every
   * group that the task has in state, until all are found: once for each version, or for all that
   * end at one watermark.
   */
  void remove(Collection<WatchedVersion> ended) throws Exception {
    long left = 0;
    for (WatchedVersion version : ended) {
      for (WatchedGroup group : version.groups.values()) {
        store.remove(group, version.stepMs());
      }
      for (WatchedGroup group : version.resting.values()) {
        store.remove(group, version.stepMs());
      }
      left += version.announced - version.groups.size() - version.resting.size();
      resting -= version.resting.size();
    }
    Set<WatchedVersion> all = new HashSet<>(ended);
    store.removeGroups(
        range, left, series -> all.contains(versions.known(series.org(), series.metric())));
  }

  /** Groups in memory; for metrics. */
  int inMemory() {
    return versions.all().stream()
        .mapToInt(version -> version.groups.size() + version.resting.size())
        .sum();
  }

  /** Groups that were announced, in memory or not; for metrics. */
  long announced() {
    return versions.all().stream().mapToLong(version -> version.announced).sum();
  }
}
