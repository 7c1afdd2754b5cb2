package tidemark.serde.archive;

import java.io.IOException;
import java.io.OutputStream;

/** A stream that knows how much was written to it. It is left open. */
final class FileOutput {
  private final OutputStream stream;
  private long position;

  /**
   * @param position bytes of the file that were written before
   */
  FileOutput(OutputStream stream, long position) {
    this.stream = stream;
    this.position = position;
  }

  long position() {
    return position;
  }

  void write(ByteOutput bytes) throws IOException {
    stream.write(bytes.array(), 0, bytes.length());
    position += bytes.length();
  }
}
