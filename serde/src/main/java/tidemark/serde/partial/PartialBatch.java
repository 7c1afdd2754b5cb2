package tidemark.serde.partial;

import java.util.Arrays;

/**
 * Some bytes of one kind for one key group. Producers reuse one instance, so a consumer must not
 * keep it beyond the call that hands it over.
 */
public final class PartialBatch {

  /** What the bytes are. */
  public enum Kind {
    /** Rows as {@link PartialWriter} lays them out. */
    PARTIALS,
    /** Series as {@link SeriesCodec} lays them out. */
    SERIES,
    /** One {@link EpochReport}. */
    REPORT,
    /** All rules and monitors that are in force, or will be. */
    DEFINITIONS,
    /** One {@link IntakeStatus}. */
    STATUS,
    /** Verdicts of monitors. */
    VERDICTS,
    /** Series like {@link #SERIES}, those that the index has already among them. */
    ANNOUNCED
  }

  /** {@link #tierSeconds} of rows that no window has closed yet. */
  public static final int OPEN = -1;

  private Kind kind = Kind.PARTIALS;
  private int keyGroup;
  private int tierSeconds;
  private int length;
  private byte[] bytes;

  public PartialBatch(int capacity) {
    bytes = new byte[capacity];
  }

  /** A batch over bytes that already exist; they are not copied. */
  public static PartialBatch of(Kind kind, int keyGroup, int tierSeconds, byte[] bytes) {
    PartialBatch batch = new PartialBatch(0);
    batch.bytes = bytes;
    batch.reset(kind, keyGroup, tierSeconds);
    batch.length = bytes.length;
    return batch;
  }

  /** Empties the batch and says what it will hold. */
  public void reset(Kind kind, int keyGroup, int tierSeconds) {
    this.kind = kind;
    this.keyGroup = keyGroup;
    this.tierSeconds = tierSeconds;
    length = 0;
  }

  public Kind kind() {
    return kind;
  }

  public int keyGroup() {
    return keyGroup;
  }

  /**
   * Resolution of the closed windows that the rows are, in seconds, or {@link #OPEN}; 0 for rows of
   * the ledger.
   */
  public int tierSeconds() {
    return tierSeconds;
  }

  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return length;
  }

  public boolean isEmpty() {
    return length == 0;
  }

  /** Whether the bytes are rows of that tier. */
  public boolean isPartialsOf(int seconds) {
    return kind == Kind.PARTIALS && tierSeconds == seconds;
  }

  /** Makes room for that many bytes behind those written; returns the array to write them to. */
  public byte[] reserve(int more) {
    int needed = Math.addExact(length, more);
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
    }
    return bytes;
  }

  /** Says how much of the array is written. */
  public void setLength(int length) {
    this.length = length;
  }

  /** The written bytes alone, copied. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  public PartialBatch copy() {
    return of(kind, keyGroup, tierSeconds, toBytes());
  }
}
