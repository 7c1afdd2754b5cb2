package tidemark.operators.admit;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.wire.SeriesKey;
import tidemark.serde.wire.SeriesResolution;
import tidemark.state.ByteKeyTable;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.SeriesIdentity;
import tidemark.state.selection.OrgTimes;
import tidemark.state.selection.PointSelection;

/**
 * What one task knows of the series it has seen: by the exact bytes of their keys, their id and
 * metric, or why they are refused.
 *
 * <p>Producers send their series again and again in the same order, so the series that followed the
 * last one before is tried first: then a known series costs one comparison, and all that is touched
 * lies side by side in memory. Else it costs one hash of its key, too. Memory: about 250 bytes a
 * series, at most {@code maxCachedSeries}, and their keys at most 250 bytes each on average; beyond
 * that the caller empties it. Refused keys are remembered too, unless they are long, so that
 * repeating one is as cheap as repeating a good one. Not thread-safe.
 */
final class SeriesRegistry {
  /** What {@link #find} says of a series that is not in the selection. */
  static final int SKIPPED = Integer.MIN_VALUE;

  private static final Refusal[] REFUSALS = Refusal.values();
  private static final String NO_ORG = "";
  private static final long NEVER = Long.MAX_VALUE;
  private static final long DAY_MS = 86_400_000L;

  // Keys may be a megabyte long, and a few dozen such records would fill the heap: a refused key
  // beyond this is judged anew each time, and the keys kept are bounded in bytes, too.
  private static final int MAX_REFUSED_KEY_BYTES = 1024;
  private static final long BYTES_PER_SERIES = 250L;
  private static final long MIN_KEY_BYTES = 1L << 20;
  private static final long MAX_KEY_BYTES = 1L << 30; // one record adds at most 2^26 to it

  private final AdmitConfig config;
  private final boolean isSharded;
  private final long maxKeyBytes;
  private final Map<String, int[]> seriesOfOrg = new HashMap<>();
  private final Map<String, OrgTimes> timesOfOrg = new HashMap<>(); // of refused points, too
  private ByteKeyTable keys;
  private MetricNames names;

  // by number of the key
  private long[] seriesId = new long[256];
  private int[] name = new int[256]; // SKIPPED, or -1 - ordinal of the refusal
  private long[] announcedFromMs = new long[256];
  private long[] announcedUntilMs = new long[256];
  private int[] successor = new int[256]; // that came next the last time
  private OrgTimes[] times = new OrgTimes[256]; // unused in a job that counts every point
  private int last; // number of the key found last

  SeriesRegistry(AdmitConfig config, long seed) {
    this.config = config;
    isSharded = !config.share().isAll();
    maxKeyBytes =
        Math.min(MAX_KEY_BYTES, MIN_KEY_BYTES + BYTES_PER_SERIES * config.maxCachedSeries());
    keys = new ByteKeyTable(seed);
    names = new MetricNames(seed);
  }

  MetricNames names() {
    return names;
  }

  int size() {
    return keys.size();
  }

  boolean isFull() {
    return keys.size() >= config.maxCachedSeries()
        || keys.memoryBytes() >= maxKeyBytes
        || timesOfOrg.size() >= config.maxCachedSeries();
  }

  /**
   * Forgets everything, the numbers of the metrics too: those handed out before mean nothing now.
   */
  void clear(long seed) {
    keys = new ByteKeyTable(seed);
    last = 0;
    seriesOfOrg.clear();
    timesOfOrg.clear();
    names = new MetricNames(seed);
  }

  /**
   * Number of a key; a new one is resolved first. Negative: {@link #SKIPPED}, or {@code -1 -
   * ordinal} of its refusal.
   */
  int find(byte[] bytes, int offset, int length) {
    int number = successor[last];
    if (number >= keys.size() || !keys.matches(number, bytes, offset, length)) {
      long hash = keys.hash(bytes, offset, length);
      number = keys.find(bytes, offset, length, hash);
      if (number == ByteKeyTable.ABSENT) {
        return addNew(bytes, offset, length, hash);
      }
      successor[last] = number;
    }
    last = number;
    return name[number] < 0 ? name[number] : number;
  }

  static Refusal refusal(int found) {
    return REFUSALS[-1 - found];
  }

  long seriesId(int number) {
    return seriesId[number];
  }

  int name(int number) {
    return name[number];
  }

  /** Which points of the series are counted, by their times. */
  OrgTimes times(int number) {
    return isSharded ? times[number] : OrgTimes.ALWAYS;
  }

  /** The same of any org; all texts that cannot be one count as one, since they may be garbage. */
  OrgTimes timesOf(String org) {
    if (!isSharded) {
      return OrgTimes.ALWAYS;
    }
    return timesOfOrg.computeIfAbsent(SeriesKey.isOrg(org) ? org : NO_ORG, config.share()::timesOf);
  }

  /** Whether the index has not been told yet that the series has points in this range. */
  boolean isNews(int number, long firstMs, long lastMs) {
    return firstMs < announcedFromMs[number] || lastMs >= announcedUntilMs[number];
  }

  /**
   * The series for the index; from here on it counts as told for the whole UTC days of the range
   * and between.
   */
  SeriesEntry announce(int number, long firstMs, long lastMs) {
    SeriesResolution.Accepted accepted =
        (SeriesResolution.Accepted)
            SeriesKey.resolve(
                keys.keys(), keys.start(number), keys.length(number), config.seriesLimits());
    long firstDayMs = Math.floorDiv(firstMs, DAY_MS) * DAY_MS;
    long lastDayMs = Math.floorDiv(lastMs, DAY_MS) * DAY_MS;
    announcedFromMs[number] = Math.min(announcedFromMs[number], firstDayMs);
    announcedUntilMs[number] = Math.max(announcedUntilMs[number], lastDayMs + DAY_MS);
    return new SeriesEntry(
        seriesId[number],
        accepted.identity().hash()[1],
        accepted.type(),
        accepted.identity(),
        firstDayMs,
        lastDayMs);
  }

  private int addNew(byte[] bytes, int offset, int length, long hash) {
    String org = SeriesKey.org(bytes, offset);
    OrgTimes ofOrg = timesOf(org);
    if (ofOrg.isNever() || isSkipped(org, bytes, offset, length)) {
      return length > MAX_REFUSED_KEY_BYTES
          ? SKIPPED
          : remember(bytes, offset, length, hash, SKIPPED);
    }
    int[] count = seriesOfOrg.get(org);
    if (count != null && count[0] >= config.maxSeriesPerOrg()) {
      return refused(Refusal.SERIES_BUDGET);
    }
    SeriesResolution resolution = SeriesKey.resolve(bytes, offset, length, config.seriesLimits());
    if (resolution instanceof SeriesResolution.Refused refused && length > MAX_REFUSED_KEY_BYTES) {
      return refused(refused.reason());
    }
    seriesOfOrg.computeIfAbsent(org, key -> new int[1])[0]++;
    if (resolution instanceof SeriesResolution.Accepted accepted) {
      SeriesIdentity identity = accepted.identity();
      remember(bytes, offset, length, hash, nameOf(accepted.type(), identity));
      seriesId[last] = identity.hash()[0];
      times[last] = ofOrg;
      announcedFromMs[last] = NEVER;
      announcedUntilMs[last] = Long.MIN_VALUE;
      return last;
    }
    int refusal = refused(((SeriesResolution.Refused) resolution).reason());
    return remember(bytes, offset, length, hash, refusal);
  }

  /**
   * Whether its points are none of the selection; of a key that names no metric the org decides.
   */
  private boolean isSkipped(String org, byte[] bytes, int offset, int length) {
    PointSelection selection = config.selection();
    if (!selection.takesOrg(org)) {
      return true;
    }
    return !selection.isOfAllMetrics()
        && SeriesKey.resolve(bytes, offset, length, config.seriesLimits())
            instanceof SeriesResolution.Accepted accepted
        && !selection.takesSeries(org, accepted.identity().metric());
  }

  private int remember(byte[] bytes, int offset, int length, long hash, int nameOrWhyNot) {
    int number = keys.add(bytes, offset, length, hash);
    reserve(number);
    successor[last] = number;
    successor[number] = number + 1; // which is the next new one, most likely of the same record
    last = number;
    name[number] = nameOrWhyNot;
    return nameOrWhyNot;
  }

  private int nameOf(MetricType type, SeriesIdentity identity) {
    return names.number(type, identity.org(), identity.metric());
  }

  private static int refused(Refusal reason) {
    return -1 - reason.ordinal();
  }

  private void reserve(int number) {
    if (number >= name.length) {
      int capacity = name.length * 2;
      seriesId = Arrays.copyOf(seriesId, capacity);
      name = Arrays.copyOf(name, capacity);
      announcedFromMs = Arrays.copyOf(announcedFromMs, capacity);
      announcedUntilMs = Arrays.copyOf(announcedUntilMs, capacity);
      successor = Arrays.copyOf(successor, capacity);
      times = Arrays.copyOf(times, capacity);
    }
  }
}
