package tidemark.serde.archive;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A file in memory that notes what was asked of it. */
final class MemoryFile implements SeekableInput {
  record Request(long position, int length) {}

  private final byte[] bytes;
  private final List<Request> requests = new ArrayList<>();
  private boolean isClosed;

  MemoryFile(byte[] bytes) {
    this.bytes = bytes;
  }

  List<Request> requests() {
    return requests;
  }

  boolean isClosed() {
    return isClosed;
  }

  @Override
  public String location() {
    return "memory.tma";
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void readFully(long position, byte[] into, int start, int length) throws IOException {
    requests.add(new Request(position, length));
    if (position < 0 || position + length > bytes.length) {
      throw new EOFException(
          "asked for %d bytes at %d of %d".formatted(length, position, bytes.length));
    }
    System.arraycopy(bytes, (int) position, into, start, length);
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
