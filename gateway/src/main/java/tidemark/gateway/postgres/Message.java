package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * One message from the client, read field by field; integers are big endian. Not thread-safe.
 *
 * <p>Every reader throws {@code 08P01} if the field does not fit into the message.
 */
final class Message {
  private final char type;
  private final byte[] body;
  private int position;

  /**
   * @param body without the length; not copied
   */
  Message(char type, byte[] body) {
    this.type = type;
    this.body = body;
  }

  char type() {
    return type;
  }

  int uint8() {
    need(1);
    return body[position++] & 0xff;
  }

  int uint16() {
    need(2);
    position += 2;
    return (body[position - 2] & 0xff) << 8 | (body[position - 1] & 0xff);
  }

  int int32() {
    return uint16() << 16 | uint16();
  }

  byte[] bytes(int count) {
    need(count);
    position += count;
    return Arrays.copyOfRange(body, position - count, position);
  }

  /** Text up to a zero byte. */
  String text() {
    int end = position;
    while (end < body.length && body[end] != 0) {
      end++;
    }
    if (end == body.length) {
      throw malformed("a text without an end");
    }
    String text = utf8(body, position, end - position);
    position = end + 1;
    return text;
  }

  /** What is left. */
  byte[] rest() {
    return bytes(body.length - position);
  }

  boolean hasMore() {
    return position < body.length;
  }

  /** Checks that all was read. */
  void end() {
    if (hasMore()) {
      throw malformed((body.length - position) + " bytes too many");
    }
  }

  /** Strict: bytes that are no UTF-8 are an error and not question marks. */
  static String utf8(byte[] bytes) {
    return utf8(bytes, 0, bytes.length);
  }

  private static String utf8(byte[] bytes, int offset, int length) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length)).toString();
    } catch (CharacterCodingException e) {
      throw new AskException(
          SqlState.DATA_EXCEPTION, "invalid byte sequence for encoding \"UTF8\"", e);
    }
  }

  private void need(int count) {
    if (count < 0 || count > body.length - position) {
      throw malformed("%d bytes wanted, %d left".formatted(count, body.length - position));
    }
  }

  private AskException malformed(String what) {
    return new AskException(
        SqlState.PROTOCOL_VIOLATION,
        type == 0
            ? "malformed message: " + what
            : "malformed message of type %s: %s".formatted(type, what));
  }
}
