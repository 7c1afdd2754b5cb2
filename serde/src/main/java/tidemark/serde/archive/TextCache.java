package tidemark.serde.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Text of UTF-8 bytes, without making it again for bytes seen lately. {@value #SLOTS} texts of at
 * most {@value #MAX_BYTES} bytes stay in memory. Not thread-safe.
 */
final class TextCache {
  private static final int SLOTS = 256;
  private static final int MAX_BYTES = 256;

  private final byte[][] keys = new byte[SLOTS][];
  private final String[] texts = new String[SLOTS];

  String text(byte[] bytes, int start, int length) {
    int hash = 0;
    for (int i = start; i < start + length; i++) {
      hash = 31 * hash + bytes[i];
    }
    int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    byte[] key = keys[slot];
    if (key != null && Arrays.equals(key, 0, key.length, bytes, start, start + length)) {
      return texts[slot];
    }
    String text = new String(bytes, start, length, StandardCharsets.UTF_8);
    if (length <= MAX_BYTES) {
      keys[slot] = Arrays.copyOfRange(bytes, start, start + length);
      texts[slot] = text;
    }
    return text;
  }
}
