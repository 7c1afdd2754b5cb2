package tidemark.serde.definition;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import tidemark.state.definition.Definition;

/**
 * Bytes of a {@link DefinitionSet}: {@code u8 format = 1 | i32 definitions x (i32 length | JSON)},
 * big-endian, in the order of {@link DefinitionSet#all}. The JSON is that of {@link
 * DefinitionCodec}; its {@code from_ms} is the start that counts.
 */
final class DefinitionSetBytes {
  private static final byte FORMAT = 1;

  private DefinitionSetBytes() {}

  static byte[] write(List<Definition> definitions) {
    List<byte[]> parts = definitions.stream().map(DefinitionCodec::toJson).toList();
    int length = 1 + Integer.BYTES;
    for (byte[] part : parts) {
      length = Math.addExact(length, Integer.BYTES + part.length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    bytes.put(FORMAT).putInt(parts.size());
    parts.forEach(part -> bytes.putInt(part.length).put(part));
    return bytes.array();
  }

  /** Allocates in proportion to the bytes, not to the counts that they claim. */
  static List<Definition> read(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      int format = in.get();
      if (format != FORMAT) {
        throw new IllegalArgumentException(
            "format of a definition set must be %d, found %d".formatted(FORMAT, format));
      }
      List<Definition> definitions = new ArrayList<>();
      for (int left = in.getInt(); left > 0; left--) {
        definitions.add(DefinitionCodec.ofJson(take(in, in.getInt())));
      }
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(
            "a definition set has %d bytes too many".formatted(in.remaining()));
      }
      return definitions;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "a definition set is cut off after %d bytes".formatted(bytes.length), e);
    }
  }

  private static byte[] take(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException(
          "a definition of %d bytes must fit the %d left".formatted(length, in.remaining()));
    }
    byte[] part = new byte[length];
    in.get(part);
    return part;
  }
}
