package tidemark.operators.watch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.MetricNames;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.MonitorWindows;

/**
 * All versions of monitors that a task knows, by the name of the series that feeds them, and by the
 * number of that name in the task. Not thread-safe.
 */
final class WatchedVersions {
  private record Name(String org, String metric) {}

  private final MetricNames names;
  private final Map<Name, WatchedVersion> versions = new HashMap<>();

  // by number of a name: is a monitor's, is not, was not asked for yet
  private Boolean[] isMonitor = new Boolean[64];
  private WatchedVersion[] byNumber = new WatchedVersion[64];

  WatchedVersions(MetricNames names) {
    this.names = names;
  }

  Collection<WatchedVersion> all() {
    return versions.values();
  }

  /** The version of that series, which is added if it is not known. */
  WatchedVersion of(String org, String metric) {
    return versions.computeIfAbsent(new Name(org, metric), name -> new WatchedVersion(org, metric));
  }

  /** The version of that series; null if it is not known. */
  @Nullable
  WatchedVersion known(String org, String metric) {
    return versions.get(new Name(org, metric));
  }

  /** Whether rows of that name are a monitor's. */
  boolean isMonitor(int number) {
    while (number >= isMonitor.length) {
      isMonitor = Arrays.copyOf(isMonitor, 2 * isMonitor.length);
      byNumber = Arrays.copyOf(byNumber, isMonitor.length);
    }
    if (isMonitor[number] == null) {
      isMonitor[number] = CoarserSeries.isMonitor(text(names.name(number).metric()));
    }
    return isMonitor[number];
  }

  /** The version of a monitor's name; null if it is not known. */
  @Nullable
  WatchedVersion of(int number) {
    if (!isMonitor(number)) {
      return null;
    }
    if (byNumber[number] == null) {
      MetricNames.Name name = names.name(number);
      byNumber[number] = versions.get(new Name(text(name.org()), text(name.metric())));
    }
    return byNumber[number];
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Takes over what the definitions say; versions that they do not name any more end at once.
   *
   * @param overMs versions that ended at that time or before are not taken up again
   * @return those that are new or were not known yet
   */
  Set<WatchedVersion> define(DefinitionSet definitions, long watermarkMs, long overMs) {
    Set<Name> named = new HashSet<>();
    Set<WatchedVersion> added = new HashSet<>();
    for (Definition definition : definitions.all()) {
      if (!(definition instanceof Monitor monitor)) {
        continue;
      }
      Name name =
          new Name(monitor.org(), CoarserSeries.ofMonitor(monitor.name(), monitor.version()));
      long untilMs = definitions.inForceUntilMs(monitor);
      if (untilMs <= overMs && !versions.containsKey(name)) {
        continue;
      }
      named.add(name);
      WatchedVersion version = of(name.org(), name.metric());
      if (version.windows == null) {
        added.add(version);
      }
      version.windows = new MonitorWindows(monitor, untilMs);
    }
    versions.forEach(
        (name, version) -> {
          if (!named.contains(name) && version.windows != null) {
            MonitorWindows windows = version.windows;
            version.windows =
                new MonitorWindows(windows.monitor(), Math.min(windows.untilMs(), watermarkMs + 1));
          }
        });
    return added;
  }

  /** Forgets versions. */
  void remove(Collection<WatchedVersion> ended) {
    versions.values().removeAll(new HashSet<>(ended));
    Arrays.fill(byNumber, null);
  }
}
