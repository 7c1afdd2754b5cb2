package tidemark.serde.archive;

import java.io.IOException;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The unpacked bodies of chosen blocks, one after the other. Blocks that stand close together are
 * fetched in one request of at most {@value #MAX_RANGE_BYTES} bytes, if a block alone has no more.
 * Not thread-safe.
 */
final class BlockSource {
  static final int MAX_RANGE_BYTES = 8 << 20;

  /** Bytes of blocks not chosen that are rather read than asked around. */
  static final int MAX_GAP_BYTES = 128 << 10;

  private final SeekableInput input;
  private final ReadBuffers buffers;
  private final List<ArchiveBlock> chosen;
  private final ByteOutput wantedHeader = new ByteOutput();

  private byte[] range = {};
  private long rangeStart;
  private long rangeEnd;

  BlockSource(SeekableInput input, ReadBuffers buffers, List<ArchiveBlock> chosen) {
    this.input = input;
    this.buffers = buffers;
    this.chosen = chosen;
  }

  /** Body of one of the chosen blocks, in an array that may be longer; valid until the next. */
  byte[] body(int index) throws IOException {
    ArchiveBlock block = chosen.get(index);
    if (block.position() < rangeStart || block.end() > rangeEnd) {
      fetchFrom(index);
    }
    int start = (int) (block.position() - rangeStart);
    int bodyStart = start + block.headerBytes();
    check(block, start, bodyStart);
    byte[] body = buffers.body(block.unpackedBytes());
    long bodyPosition = block.position() + block.headerBytes();
    buffers.unpack(
        range, bodyStart, block.packedBytes(), body, block.unpackedBytes(), input, bodyPosition);
    return body;
  }

  private void fetchFrom(int index) throws IOException {
    long start = chosen.get(index).position();
    long end = chosen.get(index).end();
    for (int i = index + 1; i < chosen.size(); i++) {
      ArchiveBlock next = chosen.get(i);
      boolean isClose = next.position() >= end && next.position() - end <= MAX_GAP_BYTES;
      if (!isClose || next.end() - start > MAX_RANGE_BYTES) {
        break;
      }
      end = next.end();
    }
    rangeStart = 0;
    rangeEnd = 0; // nothing, should the request fail
    int length = Math.toIntExact(end - start);
    range = buffers.range(length);
    input.readFully(start, range, 0, length);
    rangeStart = start;
    rangeEnd = end;
  }

  private void check(ArchiveBlock block, int start, int bodyStart) throws IOException {
    int crcStart = bodyStart - Integer.BYTES;
    wantedHeader.clear();
    block.putHeader(wantedHeader);
    for (int i = 0; i < wantedHeader.length(); i++) {
      if (range[start + i] != wantedHeader.array()[i]) {
        throw new DamagedArchiveException(
            input.location(),
            block.position() + i,
            "the header of a block and the index differ, found %02x, wanted %02x"
                .formatted(range[start + i], wantedHeader.array()[i]));
      }
    }
    CRC32C crc = buffers.crc();
    crc.update(range, start, crcStart - start);
    crc.update(range, bodyStart, block.packedBytes());
    ByteInput stored = new ByteInput();
    stored.wrap(range, crcStart, bodyStart, input.location(), block.position(), "a block's header");
    int found = stored.getInt();
    if (found != (int) crc.getValue()) {
      throw new DamagedArchiveException(
          input.location(),
          block.position(),
          "found a block of %d bytes of CRC %08x, wanted %08x"
              .formatted(block.end() - block.position(), (int) crc.getValue(), found));
    }
  }
}
