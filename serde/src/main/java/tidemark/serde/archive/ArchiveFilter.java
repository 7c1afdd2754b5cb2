package tidemark.serde.archive;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which blocks of an archive are read. Immutable.
 *
 * <p>Partitions, offsets, orgs and heartbeats are exact. Times choose whole blocks: all that may
 * hold a point of the range. Blocks without an org are chosen for every org, for their records may
 * be anybody's; heartbeats are chosen for every org and time.
 */
public final class ArchiveFilter {
  private static final ArchiveFilter ALL =
      new ArchiveFilter(Map.of(), Set.of(), Long.MIN_VALUE, Long.MAX_VALUE, Heartbeats.WITH);

  private enum Heartbeats {
    WITH,
    WITHOUT
  }

  private record Partition(String topic, int number) {}

  private record Offsets(long from, long to) {
    private static final Offsets ALL = new Offsets(0, Long.MAX_VALUE);
    private static final Offsets NONE = new Offsets(0, 0);
  }

  private final Map<Partition, Offsets> partitions; // empty for all
  private final Set<String> orgs; // empty for all
  private final long fromMs;
  private final long toMs;
  private final Heartbeats heartbeats;

  private ArchiveFilter(
      Map<Partition, Offsets> partitions,
      Set<String> orgs,
      long fromMs,
      long toMs,
      Heartbeats heartbeats) {
    this.partitions = partitions;
    this.orgs = orgs;
    this.fromMs = fromMs;
    this.toMs = toMs;
    this.heartbeats = heartbeats;
  }

  /** Everything. */
  public static ArchiveFilter all() {
    return ALL;
  }

  /** Also this partition's offsets from one to another, exclusive; others only if named, too. */
  public ArchiveFilter partition(String topic, int number, long from, long to) {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          "offsets must begin at 0 or above and not end before they begin, got %d to %d"
              .formatted(from, to));
    }
    Map<Partition, Offsets> named = new HashMap<>(partitions);
    named.put(new Partition(topic, number), new Offsets(from, to));
    return new ArchiveFilter(Map.copyOf(named), orgs, fromMs, toMs, heartbeats);
  }

  /** Only what these orgs' records may be among. */
  public ArchiveFilter orgs(Set<String> names) {
    if (names.isEmpty()) {
      throw new IllegalArgumentException("at least 1 org must be named, got none");
    }
    return new ArchiveFilter(partitions, Set.copyOf(names), fromMs, toMs, heartbeats);
  }

  /** Only what points from one time to another, exclusive, may be among. */
  public ArchiveFilter times(long fromMs, long toMs) {
    if (fromMs >= toMs) {
      throw new IllegalArgumentException(
          "times must begin before they end, got %d to %d".formatted(fromMs, toMs));
    }
    return new ArchiveFilter(partitions, orgs, fromMs, toMs, heartbeats);
  }

  /** No heartbeats. */
  public ArchiveFilter withoutHeartbeats() {
    return new ArchiveFilter(partitions, orgs, fromMs, toMs, Heartbeats.WITHOUT);
  }

  /** Whether a record that is wanted may be in that block. */
  public boolean chooses(ArchiveBlock block) {
    Offsets offsets = offsets(block);
    if (block.firstOffset() >= offsets.to() || block.lastOffset() < offsets.from()) {
      return false;
    }
    if (block.kind() == ArchiveBlock.Kind.HEARTBEATS) {
      return heartbeats == Heartbeats.WITH;
    }
    return (orgs.isEmpty() || block.org().isEmpty() || orgs.contains(block.org()))
        && block.latestMs() >= fromMs
        && (block.earliestMs() < toMs || toMs == Long.MAX_VALUE);
  }

  /** First offset that is wanted of the block's partition. */
  long from(ArchiveBlock block) {
    return offsets(block).from();
  }

  /** Offset behind the last that is wanted of the block's partition. */
  long to(ArchiveBlock block) {
    return offsets(block).to();
  }

  private Offsets offsets(ArchiveBlock block) {
    return partitions.isEmpty()
        ? Offsets.ALL
        : partitions.getOrDefault(new Partition(block.topic(), block.partition()), Offsets.NONE);
  }
}
