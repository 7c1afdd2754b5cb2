package tidemark.serde.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Shows one record after the other of the blocks that a filter chose: partition by partition, each
 * in the order of segments and of their blocks, so the heartbeats of a segment come behind all its
 * points. Offsets rise within a block, and from a segment to the next.
 *
 * <p>{@link #array} holds the present record's bytes, and is reused for the next block. Nothing is
 * allocated per record but by the methods that say so. Not thread-safe.
 */
public final class RecordCursor {
  private static final int NULL = -1;

  private final SeekableInput input;
  private final ReadBuffers buffers;
  private final ArchiveFilter filter;
  private final List<ArchiveBlock> blocks;
  private final BlockSource source;
  private final ByteInput body = new ByteInput();
  private final ByteInput payload = new ByteInput();
  private final TextCache headerKeys = new TextCache();
  private final TextCache headerValues = new TextCache();

  private int block = -1;
  private int recordsPassed; // of the block
  private long from;
  private long to;

  private long offset;
  private long timestampMs;
  private int payloadStart;
  private int payloadLength;
  private int timestampType;
  private int keyStart;
  private int keyLength;
  private int valueStart;
  private int valueLength;
  private int headerCount;
  private int[] headers = new int[16]; // key start, key length, value start, value length

  RecordCursor(
      SeekableInput input, ReadBuffers buffers, ArchiveFilter filter, List<ArchiveBlock> blocks) {
    this.input = input;
    this.buffers = buffers;
    this.filter = filter;
    this.blocks = blocks;
    source = new BlockSource(input, buffers, blocks);
    buffers.lend(this);
  }

  /** The chosen blocks in the order in which they are read. */
  public List<ArchiveBlock> blocks() {
    return blocks;
  }

  /** Goes on to the next record; false if there is none. */
  public boolean next() throws IOException {
    buffers.requireUser(this);
    while (true) {
      if (block < 0 || recordsPassed == blocks.get(block).records()) {
        if (block + 1 >= blocks.size()) {
          return false;
        }
        open(block + 1);
      }
      readRecord();
      if (offset >= from && offset < to) {
        return true;
      }
    }
  }

  /** Which of the chosen blocks the present record is of; -1 before the first. */
  public int block() {
    return block;
  }

  /** Records of the block up to the present one, those that are not wanted among them. */
  public int recordsPassed() {
    return recordsPassed;
  }

  /**
   * Goes to where {@link #block} and {@link #recordsPassed} were these: the next record is the one
   * that came next then. Reads the block.
   */
  public void seek(int chosenBlock, int records) throws IOException {
    buffers.requireUser(this);
    if (chosenBlock == -1 && records == 0) {
      block = -1;
      return;
    }
    if (chosenBlock < 0
        || chosenBlock >= blocks.size()
        || records < 0
        || records > blocks.get(chosenBlock).records()) {
      throw new IllegalArgumentException(
          "no block %d with %d records was chosen of %s"
              .formatted(chosenBlock, records, input.location()));
    }
    open(chosenBlock);
    while (recordsPassed < records) {
      readRecord();
    }
  }

  private void open(int index) throws IOException {
    ArchiveBlock opened = blocks.get(index);
    byte[] bytes = source.body(index);
    body.wrap(bytes, 0, opened.unpackedBytes(), input.location(), opened.position(), "a block");
    from = filter.from(opened);
    to = filter.to(opened);
    block = index;
    recordsPassed = 0;
    offset = opened.firstOffset();
    timestampMs = 0;
  }

  private void readRecord() throws DamagedArchiveException {
    ArchiveBlock present = blocks.get(block);
    long delta = body.getVarint();
    long left = present.lastOffset() - offset;
    long least = recordsPassed == 0 ? 0 : 1;
    if (delta < least || delta > (recordsPassed == 0 ? 0 : left)) {
      throw body.damaged(
          "found a record %s behind offset %d, wanted %d to %d"
              .formatted(Long.toUnsignedString(delta), offset, least, left));
    }
    offset += delta;
    timestampMs += body.getZigzag();
    payloadLength = body.skipBytes();
    payloadStart = body.position() - payloadLength;
    payload.wrap(
        body.array(),
        payloadStart,
        body.position(),
        input.location(),
        present.position(),
        "a record of a block");
    readPayload();
    recordsPassed++;
    if (recordsPassed == present.records()) {
      body.requireEnd();
      if (offset != present.lastOffset()) {
        throw body.damaged(
            "found offset %d last, wanted %d".formatted(offset, present.lastOffset()));
      }
    }
  }

  private void readPayload() throws DamagedArchiveException {
    timestampType = payload.get();
    if (timestampType < -1 || timestampType > 1) {
      throw payload.damaged("found time type %d, wanted -1 to 1".formatted(timestampType));
    }
    keyLength = payload.skipNullable();
    keyStart = payload.position() - Math.max(0, keyLength);
    headerCount = 0;
    int length = payload.skipNullable();
    while (length != NULL) {
      int at = headerCount * 4;
      if (at == headers.length) {
        headers = Arrays.copyOf(headers, at * 2);
      }
      headers[at] = payload.position() - length;
      headers[at + 1] = length;
      headers[at + 3] = payload.skipNullable();
      headers[at + 2] = payload.position() - Math.max(0, headers[at + 3]);
      headerCount++;
      length = payload.skipNullable();
    }
    valueLength = payload.skipNullable();
    valueStart = payload.position() - Math.max(0, valueLength);
    payload.requireEnd();
  }

  // ---- the present record

  public String topic() {
    return blocks.get(block).topic();
  }

  public int partition() {
    return blocks.get(block).partition();
  }

  /** Org that it was archived under; empty if none. */
  public String org() {
    return blocks.get(block).org();
  }

  public boolean isHeartbeat() {
    return blocks.get(block).kind() == ArchiveBlock.Kind.HEARTBEATS;
  }

  public long offset() {
    return offset;
  }

  /** As the broker kept it. */
  public long timestampMs() {
    return timestampMs;
  }

  /** Kafka's number: -1 none, 0 create time, 1 log append time. */
  public int timestampType() {
    return timestampType;
  }

  /** The live bytes that starts and lengths refer to. */
  public byte[] array() {
    return body.array();
  }

  public int keyStart() {
    return keyStart;
  }

  /** -1 if it has no key. */
  public int keyLength() {
    return keyLength;
  }

  public int valueStart() {
    return valueStart;
  }

  /** -1 for a tombstone. */
  public int valueLength() {
    return valueLength;
  }

  public int headerCount() {
    return headerCount;
  }

  /** Key of a header; allocates only if it is long or was not seen lately. */
  public String headerKey(int header) {
    return headerKeys.text(body.array(), headers[header * 4], headers[header * 4 + 1]);
  }

  public int headerValueStart(int header) {
    return headers[header * 4 + 2];
  }

  /** -1 if it has no value. */
  public int headerValueLength(int header) {
    return headers[header * 4 + 3];
  }

  /** A copy of its value; null for a tombstone. */
  public byte[] value() {
    return copy(valueStart, valueLength);
  }

  /**
   * Value of the last header of that key as text, the default if there is none; allocates only if
   * it is long or was not seen lately.
   */
  public String lastHeader(String key, String defaultValue) {
    for (int i = headerCount - 1; i >= 0; i--) {
      if (headerKey(i).equals(key)) {
        return headerValueLength(i) == NULL
            ? defaultValue
            : headerValues.text(body.array(), headerValueStart(i), headerValueLength(i));
      }
    }
    return defaultValue;
  }

  /** A copy of all of it. */
  public ArchivedRecord record() {
    List<ArchivedRecord.Header> copies = new ArrayList<>();
    for (int i = 0; i < headerCount; i++) {
      copies.add(
          new ArchivedRecord.Header(headerKey(i), copy(headerValueStart(i), headerValueLength(i))));
    }
    return new ArchivedRecord(
        topic(),
        partition(),
        offset,
        timestampMs,
        timestampType,
        copy(keyStart, keyLength),
        copies,
        value());
  }

  private byte[] copy(int start, int length) {
    return length == NULL ? null : Arrays.copyOfRange(body.array(), start, start + length);
  }

  int payloadLength() {
    return payloadLength;
  }

  /** What it adds to a checksum. */
  long hash(RecordHash hash) {
    return hash.of(offset, timestampMs, body.array(), payloadStart, payloadLength);
  }
}
