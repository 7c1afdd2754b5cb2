package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Messages to the client, put together in one buffer and sent about every 64 KB. A client that does
 * not read blocks {@link #end}, which is all the backpressure there is.
 *
 * <p>Holds {@value #FLUSH_BYTES} bytes and one message, which may have as many as the limit says;
 * shrinks afterwards. Not thread-safe.
 */
final class MessageWriter {
  static final int FLUSH_BYTES = 64 << 10;
  private static final int FIRST_BYTES = 8 << 10;

  private final OutputStream out;
  private final int maxMessageBytes;
  private byte[] buffer = new byte[FIRST_BYTES];
  private int size;
  private int start;

  MessageWriter(OutputStream out, int maxMessageBytes) {
    this.out = out;
    this.maxMessageBytes = maxMessageBytes;
  }

  MessageWriter begin(char type) {
    start = size;
    int8(type);
    int32(0);
    return this;
  }

  /** Ends the message; sends what has piled up if it is much. */
  void end() {
    patch(start + 1, size - start - 1);
    start = size;
    if (size >= FLUSH_BYTES) {
      flush();
    }
  }

  /** Forgets the message under way. */
  void abandon() {
    size = start;
  }

  MessageWriter int8(int value) {
    ensure(1);
    buffer[size++] = (byte) value;
    return this;
  }

  MessageWriter int16(int value) {
    ensure(2);
    buffer[size++] = (byte) (value >> 8);
    buffer[size++] = (byte) value;
    return this;
  }

  MessageWriter int32(int value) {
    ensure(4);
    size += 4;
    patch(size - 4, value);
    return this;
  }

  MessageWriter int64(long value) {
    return int32((int) (value >>> 32)).int32((int) value);
  }

  MessageWriter bytes(byte[] bytes) {
    ensure(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
    return this;
  }

  /** Text without an end, whose length something else says. */
  MessageWriter utf8(String text) {
    int length = text.length();
    ensure(length);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        size -= i;
        return bytes(text.getBytes(UTF_8));
      }
      buffer[size++] = (byte) c;
    }
    return this;
  }

  /** Text with a zero byte behind it; a zero inside would end it early and becomes a blank. */
  MessageWriter text(String text) {
    return utf8(text.indexOf(0) < 0 ? text : text.replace('\0', ' ')).int8(0);
  }

  /** Begins a value with its length before it, which {@link #endValue} fills in. */
  int beginValue() {
    int32(0);
    return size;
  }

  void endValue(int mark) {
    patch(mark - 4, size - mark);
  }

  void flush() {
    try {
      out.write(buffer, 0, size);
      out.flush();
    } catch (IOException e) {
      throw new DisconnectedException("the client cannot be written to", e);
    } finally {
      size = 0;
      start = 0;
      if (buffer.length > 2 * FLUSH_BYTES) {
        buffer = new byte[FLUSH_BYTES];
      }
    }
  }

  private void patch(int at, int value) {
    buffer[at] = (byte) (value >> 24);
    buffer[at + 1] = (byte) (value >> 16);
    buffer[at + 2] = (byte) (value >> 8);
    buffer[at + 3] = (byte) value;
  }

  private void ensure(int more) {
    long wanted = (long) size + more;
    if (wanted - start > maxMessageBytes) {
      throw new AskException(
          SqlState.PROGRAM_LIMIT,
          "a row may have %d bytes, got at least %d".formatted(maxMessageBytes, wanted - start));
    }
    if (wanted > buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.max(wanted, Math.min(2L * buffer.length, 1 << 30)));
    }
  }
}
