package tidemark.serde.partial;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/**
 * Series in a {@link PartialBatch}; big-endian, one after the other.
 *
 * <pre>
 * i64 series id | i64 check | u8 type | i64 first seen, ms | i64 last seen, ms
 * u16 length, org | u16 length, metric | u16 tags | tags x (u16 length, key:value)
 * </pre>
 *
 * <p>Written once per new series and day, so this is not the hot path.
 */
public final class SeriesCodec {
  private static final int FIXED = 8 + 8 + 1 + 8 + 8 + 2 + 2 + 2;

  private SeriesCodec() {}

  public static void append(SeriesEntry entry, PartialBatch batch) {
    byte[] org = utf8(entry.identity().org());
    byte[] metric = utf8(entry.identity().metric());
    List<byte[]> tags = entry.identity().tags().stream().map(SeriesCodec::utf8).toList();
    int length =
        FIXED + org.length + metric.length + tags.stream().mapToInt(tag -> 2 + tag.length).sum();
    ByteBuffer bytes = ByteBuffer.wrap(batch.reserve(length), batch.length(), length);
    bytes.putLong(entry.seriesId()).putLong(entry.check()).put((byte) entry.type().code());
    bytes.putLong(entry.firstSeenMs()).putLong(entry.lastSeenMs());
    putText(bytes, org);
    putText(bytes, metric);
    bytes.putShort((short) tags.size());
    tags.forEach(tag -> putText(bytes, tag));
    batch.setLength(batch.length() + length);
  }

  /**
   * Hands every series of the batch to the consumer.
   *
   * @throws IllegalArgumentException if the bytes end within a series
   */
  public static void read(PartialBatch batch, Consumer<SeriesEntry> consumer) {
    ByteBuffer bytes = ByteBuffer.wrap(batch.bytes(), 0, batch.length());
    try {
      while (bytes.hasRemaining()) {
        consumer.accept(next(bytes));
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "a series batch of %s bytes ends within a series".formatted(batch.length()), e);
    }
  }

  private static SeriesEntry next(ByteBuffer bytes) {
    long seriesId = bytes.getLong();
    long check = bytes.getLong();
    MetricType type = MetricType.ofCode(bytes.get());
    long firstSeenMs = bytes.getLong();
    long lastSeenMs = bytes.getLong();
    String org = text(bytes);
    String metric = text(bytes);
    int tagCount = bytes.getShort() & 0xFFFF;
    List<String> tags = new ArrayList<>(tagCount);
    for (int i = 0; i < tagCount; i++) {
      tags.add(text(bytes));
    }
    return new SeriesEntry(
        seriesId, check, type, new SeriesIdentity(org, metric, tags), firstSeenMs, lastSeenMs);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void putText(ByteBuffer bytes, byte[] text) {
    bytes.putShort((short) text.length).put(text);
  }

  private static String text(ByteBuffer bytes) {
    byte[] text = new byte[bytes.getShort() & 0xFFFF];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
