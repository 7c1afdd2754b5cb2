package tidemark.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * One (org, metric, tags), and the ids that follow from it.
 *
 * <p>Canonical bytes: {@code u32 length | UTF-8} of the org, of the metric and of every tag in
 * order, big-endian. The series id is the first half of their MurmurHash3 x64 128 (seed 0), the
 * check the second half. Both are frozen: stored rows, key groups and savepoints follow from them.
 *
 * <p>Making one costs a pass over its text, and its hash another: meant for a series seen first,
 * not for every point.
 *
 * @param org tenant, not empty
 * @param metric name, not empty
 * @param tags {@code key:value} each, the key not empty, sorted by their UTF-16 text, no key twice
 */
public record SeriesIdentity(String org, String metric, List<String> tags) {

  public SeriesIdentity {
    if (org.isEmpty() || metric.isEmpty()) {
      throw new IllegalArgumentException(
          "org and metric must not be empty, got org=%s metric=%s".formatted(org, metric));
    }
    requireEncodable(org);
    requireEncodable(metric);
    tags = List.copyOf(tags);
    String previous = null;
    for (String tag : tags) {
      requireEncodable(tag);
      requireNext(previous, tag);
      previous = tag;
    }
  }

  /** Key of a tag: what stands before its first colon, or all of it. */
  public static String key(String tag) {
    int colon = tag.indexOf(':');
    return colon < 0 ? tag : tag.substring(0, colon);
  }

  /** Value of a tag: what stands after its first colon, or nothing. */
  public static String value(String tag) {
    int colon = tag.indexOf(':');
    return colon < 0 ? "" : tag.substring(colon + 1);
  }

  /** {series id, check}: 128 bits, of which tables store the first 64. */
  public long[] hash() {
    byte[] bytes = canonicalBytes();
    return MurmurHash3.hash128x64(bytes, 0, bytes.length, 0);
  }

  byte[] canonicalBytes() {
    byte[][] parts = new byte[tags.size() + 2][];
    parts[0] = org.getBytes(StandardCharsets.UTF_8);
    parts[1] = metric.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < tags.size(); i++) {
      parts[i + 2] = tags.get(i).getBytes(StandardCharsets.UTF_8);
    }
    int length = 0;
    for (byte[] part : parts) {
      length = Math.addExact(length, 4 + part.length);
    }
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      bytes.putInt(part.length).put(part);
    }
    return bytes.array();
  }

  /** Written out, for it must not change between Java releases where this is a key. */
  @Override
  public int hashCode() {
    return 31 * (31 * org.hashCode() + metric.hashCode()) + tags.hashCode();
  }

  /**
   * With a colon in every tag, tags of one key stand side by side: whatever sorts between two texts
   * that begin with {@code key:} begins with it, too.
   */
  private static void requireNext(String previous, String tag) {
    int colon = tag.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("a tag must be key:value with a key, got " + tag);
    }
    if (previous != null
        && (previous.compareTo(tag) >= 0 || previous.regionMatches(0, tag, 0, colon + 1))) {
      throw new IllegalArgumentException(
          "tags must be sorted and no key may occur twice, got %s before %s"
              .formatted(previous, tag));
    }
  }

  /** Half a surrogate pair would be written as a question mark, and two series as one. */
  private static void requireEncodable(String text) {
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        throw new IllegalArgumentException(
            "text must be encodable as UTF-8, got half a surrogate pair at %d".formatted(at));
      }
      at += Character.charCount(codePoint);
    }
  }
}
