package tidemark.serde.archive;

import java.io.Closeable;
import java.io.IOException;

/** A file that can be read at any place, such as an object of a store. Used by one thread. */
public interface SeekableInput extends Closeable {
  /** Its name, for messages. */
  String location();

  /** Bytes of the file. */
  long size() throws IOException;

  /**
   * Reads exactly that many bytes from that position on; one request to a store.
   *
   * @throws java.io.EOFException if the file ends before
   */
  void readFully(long position, byte[] into, int start, int length) throws IOException;
}
