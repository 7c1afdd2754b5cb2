package tidemark.serde.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tidemark.state.Refusal;

/**
 * Strict UTF-8: no replacement characters, since two different broken names must not become one.
 */
final class Utf8 {
  private Utf8() {}

  /** Text of all remaining bytes. Allocates: for series seen first only. */
  static String decode(ByteBuffer bytes) throws RefusedException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes)
          .toString();
    } catch (CharacterCodingException invalid) {
      throw new RefusedException(Refusal.INVALID_UTF8);
    }
  }
}
