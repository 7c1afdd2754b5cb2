package tidemark.serde.archive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of the present segment in the order of arrival, in pages that the next segment
 * reuses. A record is known by its position, and knows the next one of its group.
 *
 * <p>Memory: pages of {@value #PAGE_BYTES} bytes, as many as the records of a segment take, {@value
 * #HEAD_BYTES} bytes for each among them. Not thread-safe.
 */
final class SegmentBuffer {
  /** What each record takes beside its payload. */
  static final int HEAD_BYTES = 44;

  /** {@link #next} of the last record of a group. */
  static final long NONE = -1;

  private static final int PAGE_BITS = 18;
  private static final int PAGE_BYTES = 1 << PAGE_BITS;
  private static final int PAGE_MASK = PAGE_BYTES - 1;

  private static final int OFFSET = 8;
  private static final int TIMESTAMP = 16;
  private static final int EARLIEST = 24;
  private static final int LATEST = 32;
  private static final int LENGTH = 40;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final int keptPages;
  private final List<byte[]> pages = new ArrayList<>();
  private long end;

  /**
   * @param keptBytes what stays in memory between segments
   */
  SegmentBuffer(int keptBytes) {
    keptPages = keptBytes / PAGE_BYTES + 1;
  }

  /** Bytes that the records take. */
  long usedBytes() {
    return end;
  }

  /** Bytes of all pages. */
  long capacityBytes() {
    return (long) pages.size() << PAGE_BITS;
  }

  void clear() {
    end = 0;
    while (pages.size() > keptPages) {
      pages.remove(pages.size() - 1);
    }
  }

  /** Adds a record, the last one of its group so far; returns its position. */
  long add(
      long offset, long timestampMs, long earliestMs, long latestMs, byte[] payload, int length) {
    if (PAGE_BYTES - (int) (end & PAGE_MASK) < HEAD_BYTES) {
      end = (end | PAGE_MASK) + 1; // a head stands in one page
    }
    long position = end;
    reserveTo(position + HEAD_BYTES + length);
    byte[] page = page(position);
    int at = (int) (position & PAGE_MASK);
    LONG.set(page, at, NONE);
    LONG.set(page, at + OFFSET, offset);
    LONG.set(page, at + TIMESTAMP, timestampMs);
    LONG.set(page, at + EARLIEST, earliestMs);
    LONG.set(page, at + LATEST, latestMs);
    INT.set(page, at + LENGTH, length);
    end = position + HEAD_BYTES;
    int copied = 0;
    while (copied < length) {
      at = (int) (end & PAGE_MASK);
      int count = Math.min(length - copied, PAGE_BYTES - at);
      System.arraycopy(payload, copied, page(end), at, count);
      copied += count;
      end += count;
    }
    return position;
  }

  private void reserveTo(long to) {
    while (capacityBytes() < to) {
      pages.add(new byte[PAGE_BYTES]);
    }
  }

  private byte[] page(long position) {
    return pages.get((int) (position >>> PAGE_BITS));
  }

  /** Says which record of its group follows one. */
  void link(long position, long next) {
    LONG.set(page(position), (int) (position & PAGE_MASK), next);
  }

  /** Position of the next record of the group, or {@link #NONE}. */
  long next(long position) {
    return field(position, 0);
  }

  long offset(long position) {
    return field(position, OFFSET);
  }

  long timestampMs(long position) {
    return field(position, TIMESTAMP);
  }

  long earliestMs(long position) {
    return field(position, EARLIEST);
  }

  long latestMs(long position) {
    return field(position, LATEST);
  }

  int length(long position) {
    return (int) INT.get(page(position), (int) (position & PAGE_MASK) + LENGTH);
  }

  private long field(long position, int field) {
    return (long) LONG.get(page(position), (int) (position & PAGE_MASK) + field);
  }

  void copyPayload(long position, ByteOutput into) {
    long from = position + HEAD_BYTES;
    int left = length(position);
    while (left > 0) {
      int at = (int) (from & PAGE_MASK);
      int count = Math.min(left, PAGE_BYTES - at);
      into.put(page(from), at, count);
      from += count;
      left -= count;
    }
  }
}
