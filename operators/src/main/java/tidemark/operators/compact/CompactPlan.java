package tidemark.operators.compact;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which files to fold together: a pure function of the files, the watermark and the settings.
 *
 * <p>Files are grouped within their partition: by hour while the day is open, the whole day once
 * the watermark is past it. A file of several hours waits for the day's end in a group of such
 * files.
 *
 * <p>The cost rule: of a group, sorted by size, the longest prefix is folded whose largest file is
 * not larger than the others together. So the bytes of a file are read only when at least as many
 * bytes come along, and each reading at least doubles the file that they are in: n bytes that
 * arrive cost at most {@code 2 n log2(n / smallest)} bytes of folding, and a trickle of late rows
 * leaves the day's file alone until it has grown as large. What is not folded has sizes that at
 * least double from one to the next, so a group keeps few files.
 *
 * <p>Rows of days that are held for a replay stay on their side of its base: see {@link
 * tidemark.serde.catalog.HeldRange}.
 *
 * <p>Files of three quarters of the target or more are never candidates, so folding comes to an
 * end: of what one fold writes, at most one file is smaller than that.
 */
final class CompactPlan {
  /** Files an open hour must have before they are worth a commit. */
  static final int OPEN_FILES = 8;

  /** Files of a closed hour or day that are worth folding. */
  static final int CLOSED_FILES = 2;

  /** Targets' worth of files that one worker folds in one go. */
  static final int MAX_TARGETS = 8;

  /** Tier of files of the series table, which has no tiers. */
  static final int SERIES_TIER = -1;

  static final long HOUR_MS = 3_600_000L;
  static final long DAY_MS = 86_400_000L;
  private static final long SEVERAL_HOURS = -1;

  /**
   * One file of a table.
   *
   * @param path where it is
   * @param bytes its size
   * @param tierSeconds tier of its rows
   * @param epochDay UTC day of their windows
   * @param firstWindowMs start of the earliest window
   * @param lastWindowMs start of the latest one
   * @param side files of different sides are never folded together
   */
  record Candidate(
      String path,
      long bytes,
      int tierSeconds,
      long epochDay,
      long firstWindowMs,
      long lastWindowMs,
      String side) {}

  /** Files of one partition, to be folded together. */
  record Group(int tierSeconds, long epochDay, List<Candidate> files) {
    Group {
      files = List.copyOf(files);
    }
  }

  private record Key(int tierSeconds, long epochDay, long hour, String side) {
    static final Comparator<Key> ORDER =
        Comparator.comparingInt(Key::tierSeconds)
            .thenComparingLong(Key::epochDay)
            .thenComparingLong(Key::hour)
            .thenComparing(Key::side);
  }

  private final long watermarkMs;
  private final CompactConfig config;

  private CompactPlan(long watermarkMs, CompactConfig config) {
    this.watermarkMs = watermarkMs;
    this.config = config;
  }

  /**
   * The groups to fold.
   *
   * @param watermarkMs of the newest epoch; {@code Long.MIN_VALUE} if there is none
   */
  static List<Group> of(Collection<Candidate> files, long watermarkMs, CompactConfig config) {
    return new CompactPlan(watermarkMs, config).groups(files);
  }

  private List<Group> groups(Collection<Candidate> files) {
    SortedMap<Key, List<Candidate>> byKey = new TreeMap<>(Key.ORDER);
    for (Candidate file : files) {
      if (file.bytes() < config.targetBytes() / 4 * 3) {
        byKey.computeIfAbsent(keyOf(file), key -> new ArrayList<>()).add(file);
      }
    }
    List<Group> groups = new ArrayList<>();
    byKey.forEach(
        (key, candidates) -> {
          candidates.sort(
              Comparator.comparingLong(Candidate::bytes).thenComparing(Candidate::path));
          List<Candidate> worth = candidates.subList(0, worthFolding(key, candidates));
          slices(worth)
              .forEach(slice -> groups.add(new Group(key.tierSeconds(), key.epochDay(), slice)));
        });
    return groups;
  }

  private Key keyOf(Candidate file) {
    long hour =
        Math.floorDiv(file.firstWindowMs(), HOUR_MS) == Math.floorDiv(file.lastWindowMs(), HOUR_MS)
            ? Math.floorDiv(file.firstWindowMs(), HOUR_MS)
            : SEVERAL_HOURS;
    boolean isWholeDay =
        config.effort() == CompactOptions.Effort.FULL
            || file.tierSeconds() == SERIES_TIER
            || isClosedAt((file.epochDay() + 1) * DAY_MS);
    return new Key(
        file.tierSeconds(), file.epochDay(), isWholeDay ? SEVERAL_HOURS : hour, file.side());
  }

  private boolean isClosedAt(long endMs) {
    return watermarkMs >= endMs + config.graceMs();
  }

  /** Length of the prefix to fold, 0 if none. */
  private int worthFolding(Key key, List<Candidate> ascending) {
    if (config.effort() == CompactOptions.Effort.FULL) {
      return ascending.size() < CLOSED_FILES ? 0 : ascending.size();
    }
    long othersBytes = 0;
    int worth = 0;
    for (int i = 0; i < ascending.size(); i++) {
      if (i + 1 >= fewest(key) && ascending.get(i).bytes() <= othersBytes) {
        worth = i + 1;
      }
      othersBytes += ascending.get(i).bytes();
    }
    return worth;
  }

  private int fewest(Key key) {
    boolean isClosed =
        key.tierSeconds() != SERIES_TIER
            && (isClosedAt((key.epochDay() + 1) * DAY_MS)
                || (key.hour() != SEVERAL_HOURS && isClosedAt((key.hour() + 1) * HOUR_MS)));
    return isClosed ? CLOSED_FILES : OPEN_FILES;
  }

  /** Cuts what is too much for one worker; neighbours in size stay together. */
  private List<List<Candidate>> slices(List<Candidate> files) {
    List<List<Candidate>> slices = new ArrayList<>();
    List<Candidate> slice = new ArrayList<>();
    long bytes = 0;
    for (Candidate file : files) {
      if (bytes >= MAX_TARGETS * config.targetBytes() && slice.size() >= CLOSED_FILES) {
        slices.add(slice);
        slice = new ArrayList<>();
        bytes = 0;
      }
      slice.add(file);
      bytes += file.bytes();
    }
    if (slice.size() >= CLOSED_FILES) {
      slices.add(slice);
    }
    return slices;
  }
}
