package tidemark.serde.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tidemark.state.Refusal;
import tidemark.state.SeriesLimits;

/**
 * Turns OTLP attributes into tags, {@code key:value}.
 *
 * <ul>
 *   <li>Attributes of the resource and of the point both become tags; where both have a key, the
 *       point's wins. One key twice in either list is a duplicate.
 *   <li>A colon in a key becomes {@code _}: the first colon of a tag ends its key.
 *   <li>Values become text as {@link OtlpValueText} says.
 *   <li>Scope name, version and attributes become no tags.
 * </ul>
 *
 * <p>For series seen first only: allocates.
 */
final class OtlpTags {
  private static final int KEY = 1 << 3 | ProtoReader.BYTES;
  private static final int VALUE = 2 << 3 | ProtoReader.BYTES;

  private OtlpTags() {}

  /** Tags of both attribute lists, each u32 length and KeyValue message; in no order. */
  static List<String> read(ByteBuffer resource, ByteBuffer point, SeriesLimits limits)
      throws RefusedException {
    Map<String, String> tags = attributes(resource, limits);
    tags.putAll(attributes(point, limits));
    if (tags.size() > limits.maxTags()) {
      throw new RefusedException(Refusal.TOO_MANY_TAGS);
    }
    return new ArrayList<>(tags.values());
  }

  private static Map<String, String> attributes(ByteBuffer list, SeriesLimits limits)
      throws RefusedException {
    Map<String, String> tagByKey = new LinkedHashMap<>();
    while (list.hasRemaining()) {
      if (tagByKey.size() == limits.maxTags()) {
        throw new RefusedException(Refusal.TOO_MANY_TAGS);
      }
      addAttribute(SeriesKey.takeLong(list), tagByKey, limits);
    }
    return tagByKey;
  }

  private static void addAttribute(
      ByteBuffer keyValue, Map<String, String> tagByKey, SeriesLimits limits)
      throws RefusedException {
    ByteBuffer keyBytes = ByteBuffer.allocate(0);
    FieldBytes value = new FieldBytes();
    ProtoReader reader = OtlpValueText.reader(keyValue);
    try {
      while (reader.hasMore()) {
        int tag = reader.readTag();
        switch (tag) {
          case KEY -> keyBytes = OtlpValueText.readBytes(reader);
          case VALUE -> value.take(reader);
          default -> reader.skip(tag);
        }
      }
      String key = Utf8.decode(keyBytes).replace(':', '_');
      if (key.isEmpty()) {
        throw new RefusedException(Refusal.EMPTY_TAG);
      }
      String tag = key + ":" + OtlpValueText.of(value);
      if (tag.getBytes(StandardCharsets.UTF_8).length > limits.maxTagBytes()) {
        throw new RefusedException(Refusal.TAG_TOO_LONG);
      }
      if (tagByKey.put(key, tag) != null) {
        throw new RefusedException(Refusal.DUPLICATE_TAG);
      }
    } catch (MalformedMessageException malformed) {
      throw new RefusedException(Refusal.MALFORMED);
    }
  }
}
