package tidemark.state;

/**
 * Writes and reads the bytes of a sketch.
 *
 * <pre>
 * u8     version, 1
 * then what remains is a DDSketch without index mapping, in the order below, each block only if
 * it has something to say; numbers are those of {@link VarCoding}:
 * u8     0x04, count            values counted as zero
 * u8     store | mode << 2      store 1: bins of positive values, then store 3: of negative ones
 *   mode 3   uvarint N, varint lowest index, varint 1, N counts
 *   mode 2   uvarint N, N varint index deltas (the first from 0); every count is 1
 *   mode 1   uvarint N, N times varint index delta, count
 * </pre>
 *
 * <p>The index of a value v is {@code floor(log(|v|) / log(2^(1/64)))}. Equal sketches have equal
 * bytes: of the modes that can say it, a store uses the shortest; at a tie 3, before 2, before 1.
 * After the version byte, official DDSketch libraries decode it when given that mapping.
 */
final class SketchCodec {
  static final int VERSION = 1;

  private static final int ZEROS = 0x04;
  private static final int POSITIVE = 1;
  private static final int NEGATIVE = 3;
  private static final int STORE_MASK = 3;
  private static final int DELTAS_AND_COUNTS = 1;
  private static final int DELTAS = 2;
  private static final int CONTIGUOUS = 3;

  private SketchCodec() {}

  static int length(long zeros, SketchBins positive, SketchBins negative) {
    int zerosLength = zeros == 0 ? 0 : 1 + VarCoding.countLength(zeros);
    return 1 + zerosLength + storeLength(positive) + storeLength(negative);
  }

  static int write(
      byte[] target, int offset, long zeros, SketchBins positive, SketchBins negative) {
    int at = offset;
    target[at++] = VERSION;
    if (zeros != 0) {
      target[at++] = ZEROS;
      at = VarCoding.writeCount(target, at, zeros);
    }
    at = writeStore(target, at, POSITIVE, positive);
    return writeStore(target, at, NEGATIVE, negative);
  }

  /** Where the bins of a sketch go. */
  private interface Target {
    void read(SketchReader reader, int mode, boolean isNegative);
  }

  /** Adds the sketch in these bytes to bins; returns its zeros. */
  static long readInto(
      byte[] source, int offset, int length, SketchBins positive, SketchBins negative) {
    return read(
        source,
        offset,
        length,
        (reader, mode, isNegative) -> readStore(reader, mode, isNegative ? negative : positive));
  }

  /** Adds the sketch in these bytes to flat bins; returns its zeros. */
  static long readInto(
      byte[] source,
      int offset,
      int length,
      SketchMerger.Range positive,
      SketchMerger.Range negative) {
    return read(
        source,
        offset,
        length,
        (reader, mode, isNegative) -> readStore(reader, mode, isNegative ? negative : positive));
  }

  private static long read(byte[] source, int offset, int length, Target target) {
    SketchReader reader = new SketchReader(source, offset, length);
    int version = reader.nextByte();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "sketch version must be %d, got %d: written by a later release, or not a sketch"
              .formatted(VERSION, version));
    }
    long zeros = 0;
    while (reader.hasMore()) {
      int flag = reader.nextByte();
      int store = flag & STORE_MASK;
      if (flag == ZEROS) {
        zeros = SketchBins.saturatedSum(zeros, reader.nextCount());
      } else if (store == POSITIVE || store == NEGATIVE) {
        int mode = flag >>> 2;
        if (mode != CONTIGUOUS && mode != DELTAS && mode != DELTAS_AND_COUNTS) {
          throw unknownFlag(flag);
        }
        target.read(reader, mode, store == NEGATIVE);
      } else {
        throw unknownFlag(flag);
      }
    }
    return zeros;
  }

  private static int storeLength(SketchBins bins) {
    return bins.isEmpty() ? 0 : (int) (shortestMode(bins) >>> 8);
  }

  /** The mode that takes the fewest bytes, and above its 8 bits how many. */
  private static long shortestMode(SketchBins bins) {
    int filled = 0;
    int previous = 0;
    long deltaBytes = 0;
    long countBytes = 0;
    long most = 0;
    for (int index = bins.minIndex(); index <= bins.maxIndex(); index = bins.next(index)) {
      long count = bins.countAt(index);
      filled++;
      deltaBytes += VarCoding.signedLength(index - previous);
      countBytes += VarCoding.countLength(count);
      most = Math.max(most, count);
      previous = index;
    }
    int span = bins.maxIndex() - bins.minIndex() + 1;
    long contiguous =
        1
            + VarCoding.unsignedLength(span)
            + VarCoding.signedLength(bins.minIndex())
            + VarCoding.signedLength(1)
            + countBytes
            + (long) (span - filled) * VarCoding.countLength(0);
    long deltas = 1 + VarCoding.unsignedLength(filled) + deltaBytes;
    long deltasAndCounts = deltas + countBytes;
    // Deltas alone are always shorter than with counts, where they can say it.
    if (contiguous <= (most == 1 ? deltas : deltasAndCounts)) {
      return contiguous << 8 | CONTIGUOUS;
    }
    return most == 1 ? deltas << 8 | DELTAS : deltasAndCounts << 8 | DELTAS_AND_COUNTS;
  }

  private static int writeStore(byte[] target, int offset, int store, SketchBins bins) {
    if (bins.isEmpty()) {
      return offset;
    }
    int at = offset;
    int mode = (int) (shortestMode(bins) & 0xFF);
    target[at++] = (byte) (store | mode << 2);
    return mode == CONTIGUOUS
        ? writeContiguous(target, at, bins)
        : writeDeltas(target, at, bins, mode == DELTAS_AND_COUNTS);
  }

  private static int writeContiguous(byte[] target, int offset, SketchBins bins) {
    int at = VarCoding.writeUnsigned(target, offset, bins.maxIndex() - bins.minIndex() + 1);
    at = VarCoding.writeSigned(target, at, bins.minIndex());
    at = VarCoding.writeSigned(target, at, 1);
    for (int index = bins.minIndex(); index <= bins.maxIndex(); index++) {
      at = VarCoding.writeCount(target, at, bins.countAt(index));
    }
    return at;
  }

  private static int writeDeltas(byte[] target, int offset, SketchBins bins, boolean withCounts) {
    int at = VarCoding.writeUnsigned(target, offset, bins.size());
    int previous = 0;
    for (int index = bins.minIndex(); index <= bins.maxIndex(); index = bins.next(index)) {
      at = VarCoding.writeSigned(target, at, index - previous);
      at = withCounts ? VarCoding.writeCount(target, at, bins.countAt(index)) : at;
      previous = index;
    }
    return at;
  }

  private static void readStore(SketchReader reader, int mode, SketchMerger.Range bins) {
    int binCount = reader.nextBinCount();
    if (mode == CONTIGUOUS) {
      reader.addCounts(readLowest(reader, binCount), binCount, bins);
    } else if (mode == DELTAS_AND_COUNTS) {
      reader.addBins(binCount, bins);
    } else {
      int index = 0;
      for (int i = 0; i < binCount; i++) {
        index = requireIndex(index + reader.nextSigned());
        bins.add(index, 1);
      }
    }
  }

  private static void readStore(SketchReader reader, int mode, SketchBins bins) {
    int binCount = reader.nextBinCount();
    if (mode == CONTIGUOUS) {
      readContiguous(reader, binCount, bins);
      return;
    }
    int index = 0;
    for (int i = 0; i < binCount; i++) {
      index = requireIndex(index + reader.nextSigned());
      bins.add(index, mode == DELTAS ? 1 : reader.nextCount());
    }
  }

  private static void readContiguous(SketchReader reader, int binCount, SketchBins bins) {
    int lowest = readLowest(reader, binCount);
    for (int index = lowest; index < lowest + binCount; index++) {
      bins.add(index, reader.nextCount());
    }
  }

  private static int readLowest(SketchReader reader, int binCount) {
    int lowest = requireIndex(reader.nextSigned());
    long step = reader.nextSigned();
    if (step != 1) {
      throw new IllegalArgumentException("contiguous bins must be 1 apart, got " + step);
    }
    requireIndex((long) lowest + Math.max(0, binCount - 1));
    return lowest;
  }

  static int requireIndex(long index) {
    if (index < SketchBuffer.MIN_INDEX || index > SketchBuffer.MAX_INDEX) {
      throw new IllegalArgumentException(
          "bin index must be %d to %d, got %d"
              .formatted(SketchBuffer.MIN_INDEX, SketchBuffer.MAX_INDEX, index));
    }
    return (int) index;
  }

  private static IllegalArgumentException unknownFlag(int flag) {
    return new IllegalArgumentException(
        "sketch block must be zeros or bins, got unknown flag 0x%02x".formatted(flag));
  }
}
