package tidemark.serde.partial;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one task did between two barriers. Reports of one epoch add up to the commit's summary.
 *
 * @param counts by label: points accepted, refused by reason, late, ...; never negative
 * @param positions by {@code topic/partition}: how far the source was read
 */
public record EpochReport(SortedMap<String, Long> counts, SortedMap<String, Position> positions) {
  /** Points that were admitted. */
  public static final String POINTS_ACCEPTED = "points-accepted";

  /** Points that were refused, for whatever reason. */
  public static final String POINTS_REFUSED = "points-refused";

  /** Points that are not in a job's selection; none but in a replay. */
  public static final String POINTS_SKIPPED = "points-skipped";

  /** Kafka records, heartbeats not among them. */
  public static final String RECORDS_READ = "records-read";

  /** Records of which nothing was taken. */
  public static final String RECORDS_REFUSED = "records-refused";

  /** Points that came after the watermark had passed the end of their 10 s window. */
  public static final String POINTS_LATE = "points-late";

  /** Points in the 10 s rows written. */
  public static final String POINTS_STORED = "points-stored";

  /** Series that the index saw for the first time. */
  public static final String SERIES_NEW = "series-new";

  /** Series whose id another series already has. */
  public static final String SERIES_COLLISIONS = "series-collisions";

  private static final int HEARTBEATS = 1;
  private static final int NEWEST = 2;

  /**
   * How far one partition was read.
   *
   * @param nextOffset offset after the last record read
   * @param hasHeartbeats whether its watermark rests on heartbeats
   * @param newestMs latest broker time of its records, heartbeats not among them, epoch ms; {@link
   *     Long#MIN_VALUE} if none was read
   */
  public record Position(long nextOffset, boolean hasHeartbeats, long newestMs) {
    /** Of heartbeats alone. */
    public Position(long nextOffset, boolean hasHeartbeats) {
      this(nextOffset, hasHeartbeats, Long.MIN_VALUE);
    }

    private Position andNewest(Position other) {
      return other.newestMs > newestMs
          ? new Position(nextOffset, hasHeartbeats, other.newestMs)
          : this;
    }
  }

  public EpochReport {
    counts = new TreeMap<>(counts);
    positions = new TreeMap<>(positions);
  }

  public static EpochReport empty() {
    return new EpochReport(new TreeMap<>(), new TreeMap<>());
  }

  /** A report of counts alone. */
  public static EpochReport of(Map<String, Long> counts) {
    return new EpochReport(new TreeMap<>(counts), new TreeMap<>());
  }

  /**
   * Adds counts; of two positions of one partition the further one counts, and of two equally far
   * the one with heartbeats; the newest record of both stays. Commutative and associative.
   */
  public EpochReport merge(EpochReport other) {
    SortedMap<String, Long> mergedCounts = new TreeMap<>(counts);
    other.counts.forEach((label, count) -> mergedCounts.merge(label, count, Math::addExact));
    SortedMap<String, Position> mergedPositions = new TreeMap<>(positions);
    other.positions.forEach(
        (partition, position) -> mergedPositions.merge(partition, position, EpochReport::further));
    return new EpochReport(mergedCounts, mergedPositions);
  }

  private static Position further(Position a, Position b) {
    if (a.nextOffset == b.nextOffset) {
      return a.hasHeartbeats ? a.andNewest(b) : b.andNewest(a);
    }
    return a.nextOffset > b.nextOffset ? a.andNewest(b) : b.andNewest(a);
  }

  /** Latest broker time of any record read, epoch ms; {@link Long#MIN_VALUE} if none was. */
  public long newestMs() {
    return positions.values().stream().mapToLong(Position::newestMs).max().orElse(Long.MIN_VALUE);
  }

  public long count(String label) {
    return counts.getOrDefault(label, 0L);
  }

  /**
   * Bytes of the report: {@code u16 counts x (UTF label, i64) | u16 positions x (UTF partition, i64
   * next offset, u8 flags, i64 newest record's time if flag 2 is set)}, big-endian. Flag 1: the
   * partition has heartbeats. Without flag 2 no record's time is known.
   */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeShort(counts.size());
      for (Map.Entry<String, Long> count : counts.entrySet()) {
        out.writeUTF(count.getKey());
        out.writeLong(count.getValue());
      }
      out.writeShort(positions.size());
      for (Map.Entry<String, Position> position : positions.entrySet()) {
        out.writeUTF(position.getKey());
        out.writeLong(position.getValue().nextOffset());
        boolean hasNewest = position.getValue().newestMs() != Long.MIN_VALUE;
        out.writeByte(
            (position.getValue().hasHeartbeats() ? HEARTBEATS : 0) | (hasNewest ? NEWEST : 0));
        if (hasNewest) {
          out.writeLong(position.getValue().newestMs());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an epoch report could not be written to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws UncheckedIOException if the bytes are not a report
   */
  public static EpochReport ofBytes(byte[] bytes, int length) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length))) {
      SortedMap<String, Long> counts = new TreeMap<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        counts.put(in.readUTF(), in.readLong());
      }
      SortedMap<String, Position> positions = new TreeMap<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        String partition = in.readUTF();
        long nextOffset = in.readLong();
        int flags = in.readUnsignedByte();
        long newestMs = (flags & NEWEST) != 0 ? in.readLong() : Long.MIN_VALUE;
        positions.put(partition, new Position(nextOffset, (flags & HEARTBEATS) != 0, newestMs));
      }
      return new EpochReport(counts, positions);
    } catch (IOException e) {
      throw new UncheckedIOException("%s bytes are not an epoch report".formatted(length), e);
    }
  }
}
