package tidemark.operators.rules;

import java.util.Arrays;
import java.util.Optional;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/** A coarser series as one task knows it. Not thread-safe. */
final class CoarserTarget {
  private static final long DAY_MS = 86_400_000L;
  private static final int TYPES = MetricType.values().length + 1;

  final long seriesId;

  private final SeriesIdentity identity;
  private final long check;

  // by code of the type
  private final int[] names = new int[TYPES];
  private final long[] announcedFromMs = new long[TYPES];
  private final long[] announcedUntilMs = new long[TYPES];

  CoarserTarget(SeriesIdentity identity, MetricNames numbers) {
    this.identity = identity;
    long[] hash = identity.hash();
    seriesId = hash[0];
    check = hash[1];
    for (MetricType type : MetricType.values()) {
      names[type.code()] = numbers.number(type, identity.org(), identity.metric());
    }
    Arrays.fill(announcedFromMs, Long.MAX_VALUE);
    Arrays.fill(announcedUntilMs, Long.MIN_VALUE);
  }

  /** Number of its (org, metric, type). */
  int name(MetricType type) {
    return names[type.code()];
  }

  /** What the index has to be told before a row of that window, if anything. */
  Optional<SeriesEntry> announce(MetricType type, long windowStartMs) {
    int code = type.code();
    if (windowStartMs >= announcedFromMs[code] && windowStartMs < announcedUntilMs[code]) {
      return Optional.empty();
    }
    long dayMs = Math.floorDiv(windowStartMs, DAY_MS) * DAY_MS;
    announcedFromMs[code] = Math.min(announcedFromMs[code], dayMs);
    announcedUntilMs[code] = Math.max(announcedUntilMs[code], dayMs + DAY_MS);
    return Optional.of(new SeriesEntry(seriesId, check, type, identity, dayMs, dayMs));
  }
}
