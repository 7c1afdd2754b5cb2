package tidemark.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;

/**
 * One (org, metric, tags), and the ids that follow from it.
 *
 * <p>Canonical bytes: {@code u32 length | UTF-8} of the org, of the metric and of every tag in
 * order, big-endian. The series id is the first half of their MurmurHash3 x64 128 (seed 0), the
 * check the second half. Both are frozen: stored rows, key groups and savepoints follow from them.
 *
 * @param org tenant, not empty
 * @param metric name, not empty
 * @param tags {@code key:value} each, sorted by their UTF-16 text, no key twice
 */
public record SeriesIdentity(String org, String metric, List<String> tags) {

  public SeriesIdentity {
    if (org.isEmpty() || metric.isEmpty()) {
      throw new IllegalArgumentException(
          "org and metric must not be empty, got org=%s metric=%s".formatted(org, metric));
    }
    tags = List.copyOf(tags);
    for (int i = 1; i < tags.size(); i++) {
      if (key(tags.get(i - 1)).equals(key(tags.get(i)))
          || tags.get(i - 1).compareTo(tags.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "tags must be sorted and no key may occur twice, got %s before %s"
                .formatted(tags.get(i - 1), tags.get(i)));
      }
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
    List<byte[]> parts = new ArrayList<>(tags.size() + 2);
    parts.add(org.getBytes(StandardCharsets.UTF_8));
    parts.add(metric.getBytes(StandardCharsets.UTF_8));
    tags.forEach(tag -> parts.add(tag.getBytes(StandardCharsets.UTF_8)));
    ByteBuffer bytes = ByteBuffer.allocate(parts.stream().mapToInt(part -> 4 + part.length).sum());
    parts.forEach(part -> bytes.putInt(part.length).put(part));
    return bytes.array();
  }
}
