package tidemark.serde.partial;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How far the intake is: what proves a watermark, and whom it waits for.
 *
 * @param partitions by {@code topic/number}: how far each was read
 * @param expected by topic: how many partitions it has, as the latest heartbeats say; a topic that
 *     is missing has an unknown number
 * @param nowMs wall clock of the operator that sends it, epoch ms; {@link #UNKNOWN} if none did
 * @param stalled partitions that hold the watermark at that time, in the judgement of whoever sends
 *     it
 */
public record IntakeStatus(
    SortedMap<String, Partition> partitions,
    SortedMap<String, Integer> expected,
    long nowMs,
    SortedSet<String> stalled) {
  /** No heartbeat, no time, nothing proven. */
  public static final long UNKNOWN = Long.MIN_VALUE;

  private static final int VERSION = 1;
  private static final int MAX_PARTITIONS = 0xFFFF;

  /**
   * How far one partition was read.
   *
   * @param nextOffset offset after the last record read
   * @param heartbeatMs time of the latest heartbeat read: all earlier points were read before it;
   *     {@link #UNKNOWN} if there was none
   */
  public record Partition(long nextOffset, long heartbeatMs) {
    private Partition merge(Partition other) {
      return new Partition(
          Math.max(nextOffset, other.nextOffset), Math.max(heartbeatMs, other.heartbeatMs));
    }
  }

  public IntakeStatus {
    partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
    expected = Collections.unmodifiableSortedMap(new TreeMap<>(expected));
    stalled = Collections.unmodifiableSortedSet(new TreeSet<>(stalled));
    if (Math.max(partitions.size(), Math.max(expected.size(), stalled.size())) > MAX_PARTITIONS) {
      throw new IllegalArgumentException(
          "an intake must have at most %d partitions, got %d"
              .formatted(MAX_PARTITIONS, partitions.size()));
    }
    expected.forEach(
        (topic, count) -> {
          if (count < 1) {
            throw new IllegalArgumentException(
                "topic %s must have at least 1 partition, got %d".formatted(topic, count));
          }
        });
  }

  /** Of an intake of which nothing is known. */
  public static IntakeStatus empty() {
    return new IntakeStatus(new TreeMap<>(), new TreeMap<>(), UNKNOWN, new TreeSet<>());
  }

  /** Name of a partition. */
  public static String partitionName(String topic, int number) {
    return topic + "/" + number;
  }

  /** Topics of which anything is known. */
  public SortedSet<String> topics() {
    SortedSet<String> topics = new TreeSet<>(expected.keySet());
    partitions.keySet().forEach(name -> topics.add(topicOf(name)));
    return topics;
  }

  private static String topicOf(String partitionName) {
    return partitionName.substring(0, Math.max(0, partitionName.lastIndexOf('/')));
  }

  /**
   * What both know: the further offset and the later heartbeat of each partition, the greater
   * number of partitions, and the word on stalled ones that was spoken last; if both were spoken at
   * one time, all that either names. Commutative and associative.
   */
  public IntakeStatus merge(IntakeStatus other) {
    SortedMap<String, Partition> bothPartitions = new TreeMap<>(partitions);
    other.partitions.forEach((name, one) -> bothPartitions.merge(name, one, Partition::merge));
    SortedMap<String, Integer> bothExpected = new TreeMap<>(expected);
    other.expected.forEach((topic, count) -> bothExpected.merge(topic, count, Math::max));
    SortedSet<String> lastStalled = new TreeSet<>();
    if (nowMs >= other.nowMs) {
      lastStalled.addAll(stalled);
    }
    if (other.nowMs >= nowMs) {
      lastStalled.addAll(other.stalled);
    }
    return new IntakeStatus(
        bothPartitions, bothExpected, Math.max(nowMs, other.nowMs), lastStalled);
  }

  /**
   * The latest watermark that is proven: every partition's heartbeat is later. {@link #UNKNOWN} if
   * a partition is missing or has none, or if nobody said how many a topic has. Costs a look-up for
   * each partition.
   */
  public long provenMs() {
    if (expected.isEmpty()) {
      return UNKNOWN;
    }
    long leastMs = Long.MAX_VALUE;
    for (Map.Entry<String, Partition> partition : partitions.entrySet()) {
      if (!expected.containsKey(topicOf(partition.getKey()))) {
        return UNKNOWN;
      }
      leastMs = Math.min(leastMs, partition.getValue().heartbeatMs());
    }
    for (Map.Entry<String, Integer> topic : expected.entrySet()) {
      for (int number = 0; number < topic.getValue(); number++) {
        if (!partitions.containsKey(partitionName(topic.getKey(), number))) {
          return UNKNOWN;
        }
      }
    }
    return leastMs == UNKNOWN ? UNKNOWN : leastMs - 1;
  }

  /** Whether all points up to that time, inclusive, were read for certain. */
  public boolean proves(long watermarkMs) {
    long provenMs = provenMs();
    return provenMs != UNKNOWN && watermarkMs <= provenMs;
  }

  /** Next offset of each partition as compact JSON, sorted: {@code {"points/0":17,...}}. */
  public String offsetsJson() {
    StringBuilder json = new StringBuilder("{");
    partitions.forEach(
        (name, partition) -> {
          if (json.length() > 1) {
            json.append(',');
          }
          // a topic's name is made of letters, digits, '.', '_' and '-': nothing to escape
          json.append('"').append(name).append("\":").append(partition.nextOffset());
        });
    return json.append('}').toString();
  }

  /**
   * Bytes of the status; big-endian.
   *
   * <pre>
   * v1  u8 version | u16 partitions x (UTF topic/number, i64 next offset, i64 heartbeat, ms)
   *     u16 topics x (UTF topic, i32 partitions) | i64 now, ms | u16 stalled x UTF topic/number
   * </pre>
   */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeShort(partitions.size());
      for (Map.Entry<String, Partition> partition : partitions.entrySet()) {
        out.writeUTF(partition.getKey());
        out.writeLong(partition.getValue().nextOffset());
        out.writeLong(partition.getValue().heartbeatMs());
      }
      out.writeShort(expected.size());
      for (Map.Entry<String, Integer> topic : expected.entrySet()) {
        out.writeUTF(topic.getKey());
        out.writeInt(topic.getValue());
      }
      out.writeLong(nowMs);
      out.writeShort(stalled.size());
      for (String partition : stalled) {
        out.writeUTF(partition);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an intake status could not be written to memory", e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws UncheckedIOException if the bytes are not a status
   */
  public static IntakeStatus ofBytes(byte[] bytes, int length) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new IOException(
            "an intake status must be of version %d, got %d".formatted(VERSION, version));
      }
      SortedMap<String, Partition> partitions = new TreeMap<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        partitions.put(in.readUTF(), new Partition(in.readLong(), in.readLong()));
      }
      SortedMap<String, Integer> expected = new TreeMap<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        expected.put(in.readUTF(), in.readInt());
      }
      long nowMs = in.readLong();
      SortedSet<String> stalled = new TreeSet<>();
      for (int i = in.readUnsignedShort(); i > 0; i--) {
        stalled.add(in.readUTF());
      }
      if (in.available() > 0) {
        throw new IOException("%d bytes follow its end".formatted(in.available()));
      }
      return new IntakeStatus(partitions, expected, nowMs, stalled);
    } catch (IOException e) {
      throw new UncheckedIOException("%s bytes are not an intake status".formatted(length), e);
    }
  }
}
