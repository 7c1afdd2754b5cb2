package tidemark.serde.archive;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.zip.CRC32C;

/**
 * What reading needs of memory, used by one reader after the other: a range of a file, one unpacked
 * block, and a decompressor outside the heap. The arrays stay as long as the longest so far: 8 MB
 * and the writer's limit of a block, or more for a record that was longer. Not thread-safe.
 */
public final class ReadBuffers implements AutoCloseable {
  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
  private final CRC32C crc = new CRC32C();
  private byte[] range = {};
  private byte[] body = {};
  private Object user; // null before the first

  /** Gives the arrays to a user; whoever had them before must not go on. */
  void lend(Object newUser) {
    user = newUser;
  }

  void requireUser(Object presumed) {
    if (user != presumed) {
      throw new IllegalStateException("another cursor of the same buffers was opened since");
    }
  }

  byte[] range(int length) {
    if (range.length < length) {
      range = new byte[length];
    }
    return range;
  }

  byte[] body(int length) {
    if (body.length < length) {
      body = new byte[length];
    }
    return body;
  }

  CRC32C crc() {
    crc.reset();
    return crc;
  }

  /**
   * Decompresses exactly so many bytes.
   *
   * @param length at most {@link ArchiveFormat#MAX_UNPACKED_BYTES}
   * @throws DamagedArchiveException if there are more or fewer, or it is no zstd frame
   */
  void unpack(
      byte[] packed,
      int start,
      int packedLength,
      byte[] into,
      int length,
      SeekableInput of,
      long at)
      throws DamagedArchiveException {
    int got;
    try {
      got = zstd.decompressByteArray(into, 0, length, packed, start, packedLength);
    } catch (ZstdException e) {
      throw new DamagedArchiveException(of.location(), at, "found no zstd frame", e);
    }
    if (got != length) {
      throw new DamagedArchiveException(
          of.location(), at, "found %d bytes unpacked, wanted %d".formatted(got, length));
    }
  }

  @Override
  public void close() {
    zstd.close();
  }
}
