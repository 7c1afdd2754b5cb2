package tidemark.serde.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.SeriesIdentity;
import tidemark.state.SeriesLimits;
import tidemark.state.definition.CoarserSeries;

/**
 * The exact bytes that stand for a series inside a {@link PointBlock}, and what they mean.
 *
 * <p>A key is what the producer sent, copied and not looked into, so that decoding costs no more
 * than copying. Equal keys are the same series; different keys may be, when tags come in another
 * order. Keys live in memory only and are no stored format. All integers are big-endian:
 *
 * <pre>
 *   u8   form         1 native, 2 OTLP
 *   u8   type         MetricType code, 1 to 3
 *   u16  length       of the org, 1 to 128
 *   ...  org          UTF-8, checked by the decoder
 *   u32  length
 *   ...  metric       unchecked, as all that follows
 *
 *   native, once per tag until the end:
 *     u16  length
 *     ...  key:value
 *
 *   OTLP:
 *     u32  length     of all resource attributes
 *     ...               each: u32 length | KeyValue message as it came
 *     ...             the point's attributes until the end, each: u32 length | KeyValue message
 * </pre>
 *
 * <p>Tags: a native tag without a colon is a key with an empty value, and becomes {@code key:}.
 * OTLP attributes become {@code key:value} as {@link OtlpTags} says.
 */
public final class SeriesKey {
  static final int NATIVE = 1;
  static final int OTLP = 2;

  /** Longest org, in bytes of UTF-8. */
  public static final int MAX_ORG_BYTES = 128;

  static final int TYPE_OFFSET = 1;

  /** Where in a key its org begins. */
  public static final int ORG_OFFSET = 4;

  /** Longest native tag that fits its u16. */
  static final int MAX_NATIVE_TAG_BYTES = 0xffff;

  private SeriesKey() {}

  /** Org of the key that begins at the offset: enough to judge its budget without resolving it. */
  public static String org(byte[] keys, int offset) {
    return new String(keys, offset + ORG_OFFSET, orgLength(keys, offset), StandardCharsets.UTF_8);
  }

  /** Bytes of the org of the key that begins at the offset. */
  public static int orgLength(byte[] keys, int offset) {
    return ((keys[offset + 2] & 0xFF) << 8) | (keys[offset + 3] & 0xFF);
  }

  /** Whether a record can belong to an org of that name. */
  public static boolean isOrg(String name) {
    int bytes = 0;
    int at = 0;
    while (at < name.length() && bytes <= MAX_ORG_BYTES) {
      int codePoint = name.codePointAt(at);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return false;
      }
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      at += Character.charCount(codePoint);
    }
    return bytes >= 1 && bytes <= MAX_ORG_BYTES;
  }

  /**
   * Checks a key against the limits and tells its series. Allocates and decodes text: meant for
   * keys seen first, whose outcome the caller remembers. Never throws, whatever the bytes of the
   * key.
   */
  public static SeriesResolution resolve(byte[] keys, int offset, int length, SeriesLimits limits) {
    try {
      return resolve(ByteBuffer.wrap(keys, offset, length).slice(), limits);
    } catch (RefusedException refused) {
      return new SeriesResolution.Refused(refused.reason());
    }
  }

  private static SeriesResolution resolve(ByteBuffer key, SeriesLimits limits)
      throws RefusedException {
    requireRemaining(key, ORG_OFFSET);
    int form = key.get();
    int typeCode = key.get();
    if (!MetricType.isCode(typeCode)) {
      throw new RefusedException(Refusal.MALFORMED);
    }
    String org = Utf8.decode(take(key, Short.toUnsignedInt(key.getShort())));
    ByteBuffer metricBytes = takeLong(key);
    if (org.isEmpty() || !metricBytes.hasRemaining()) {
      throw new RefusedException(org.isEmpty() ? Refusal.NO_ORG : Refusal.EMPTY_NAME);
    }
    if (metricBytes.remaining() > limits.maxMetricBytes()) {
      throw new RefusedException(Refusal.NAME_TOO_LONG);
    }
    String metric = Utf8.decode(metricBytes);
    if (CoarserSeries.isName(metric)) {
      throw new RefusedException(Refusal.RESERVED_NAME);
    }
    List<String> tags =
        switch (form) {
          case NATIVE -> nativeTags(key, limits);
          case OTLP -> OtlpTags.read(takeLong(key), key, limits);
          default -> throw new RefusedException(Refusal.MALFORMED);
        };
    return new SeriesResolution.Accepted(
        new SeriesIdentity(org, metric, sorted(tags)), MetricType.ofCode(typeCode));
  }

  private static List<String> nativeTags(ByteBuffer key, SeriesLimits limits)
      throws RefusedException {
    List<String> tags = new ArrayList<>();
    while (key.hasRemaining()) {
      if (tags.size() == limits.maxTags()) {
        throw new RefusedException(Refusal.TOO_MANY_TAGS);
      }
      requireRemaining(key, 2);
      ByteBuffer bytes = take(key, Short.toUnsignedInt(key.getShort()));
      if (bytes.remaining() > limits.maxTagBytes()) {
        throw new RefusedException(Refusal.TAG_TOO_LONG);
      }
      String tag = Utf8.decode(bytes);
      if (SeriesIdentity.key(tag).isEmpty()) {
        throw new RefusedException(Refusal.EMPTY_TAG);
      }
      tags.add(tag.indexOf(':') < 0 ? tag + ":" : tag);
    }
    return tags;
  }

  /** Every tag has a colon here, so equal keys end up side by side. */
  private static List<String> sorted(List<String> tags) throws RefusedException {
    String[] sorted = tags.toArray(new String[0]);
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (SeriesIdentity.key(sorted[i - 1]).equals(SeriesIdentity.key(sorted[i]))) {
        throw new RefusedException(Refusal.DUPLICATE_TAG);
      }
    }
    return List.of(sorted);
  }

  /** The bytes behind a u32 length, which are taken off the key. */
  static ByteBuffer takeLong(ByteBuffer key) throws RefusedException {
    requireRemaining(key, 4);
    return take(key, key.getInt());
  }

  private static ByteBuffer take(ByteBuffer key, int length) throws RefusedException {
    requireRemaining(key, length);
    ByteBuffer taken = key.slice(key.position(), length);
    key.position(key.position() + length);
    return taken;
  }

  private static void requireRemaining(ByteBuffer key, int length) throws RefusedException {
    if (length < 0 || length > key.remaining()) {
      throw new RefusedException(Refusal.MALFORMED);
    }
  }
}
