package tidemark.jobs;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import tidemark.operators.IntakeRecord;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.serde.wire.NativeBatchWriter;
import tidemark.state.MetricType;

/**
 * Seeded records of which most are bad in a known way: record {@code i} and what must become of it
 * are the same whenever they are asked for.
 */
final class HostileInput implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final long NOW_MS = 1_795_824_000_000L;

  /** Largest record that the job must decode in this test. */
  static final int MAX_RECORD_BYTES = 100_000;

  private static final byte[] TOO_LARGE = new byte[MAX_RECORD_BYTES + 1];

  /** What a record is, and what must become of it. */
  enum Kind {
    GOOD(2, ""),
    TRUNCATED(-1, "?"),
    MUTATED(-1, "?"),
    RANDOM(0, "!"),
    EMPTY(0, "empty"),
    NOT_FINITE(1, "not-finite:1"),
    TOO_LARGE_VALUE(1, "out-of-range:1"),
    NEGATIVE_TIME(1, "negative-timestamp:1"),
    FAR_FUTURE(1, "future-timestamp:1"),
    FAR_PAST(1, "too-old:1"),
    EMPTY_NAME(1, "empty-name:1"),
    INVALID_UTF8(1, "invalid-utf8:1"),
    DUPLICATE_TAG(1, "duplicate-tag:1"),
    MANY_TAGS(1, "too-many-tags:1"),
    OVERSIZED(0, "oversized"),
    UNKNOWN_FORMAT(0, "unknown-format"),
    BAD_HEARTBEAT(0, "bad-heartbeat");

    /** Points that must be stored; -1 if that depends on where the damage fell. */
    final int accepted;

    /** Reasons in the dead letter; "" for no letter, "!" for any, "?" for any or none. */
    final String reasons;

    Kind(int accepted, String reasons) {
      this.accepted = accepted;
      this.reasons = reasons;
    }
  }

  private static final Kind[] KINDS = Kind.values();

  private final long seed;

  HostileInput(long seed) {
    this.seed = seed;
  }

  /** Records with thousands of tags are large: they are one in a thousand. */
  Kind kind(long index) {
    Kind kind = KINDS[(int) (index % KINDS.length)];
    return kind == Kind.MANY_TAGS && index % 1000 != 13 ? Kind.GOOD : kind;
  }

  IntakeRecord record(long index) {
    Kind kind = kind(index);
    return new IntakeRecord(
        "hostile",
        0,
        index,
        NOW_MS + index,
        kind == Kind.UNKNOWN_FORMAT
            ? "\u0000\uD83D\uDE00"
            : kind == Kind.BAD_HEARTBEAT ? IntakeHeaders.HEARTBEAT : IntakeHeaders.NATIVE,
        "",
        kind == Kind.BAD_HEARTBEAT ? IntakeRecord.BAD_HEARTBEAT : IntakeRecord.NO_HEARTBEAT,
        value(kind, index));
  }

  private byte[] value(Kind kind, long index) {
    Random random = new Random(seed * 1_000_003 + index);
    long nowMs = NOW_MS + index;
    return switch (kind) {
      case GOOD -> good(nowMs, random).toBytes();
      case TRUNCATED -> {
        byte[] bytes = good(nowMs, random).toBytes();
        yield Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length - 1));
      }
      case MUTATED -> mutated(good(nowMs, random).toBytes(), random);
      case RANDOM -> random(random);
      case EMPTY -> new byte[0];
      case NOT_FINITE -> withPoint(nowMs, random.nextBoolean() ? Double.NaN : 1 / 0.0, random);
      case TOO_LARGE_VALUE -> withPoint(nowMs, -1e300, random);
      case NEGATIVE_TIME -> withPoint(-1 - random.nextInt(1 << 30), 1, random);
      case FAR_FUTURE -> withPoint(random.nextBoolean() ? Long.MAX_VALUE : nowMs * 2, 1, random);
      case FAR_PAST -> withPoint(1, 1, random);
      case EMPTY_NAME -> withSeries("", List.of("a:b"), nowMs, random);
      case INVALID_UTF8 -> invalidUtf8(withSeries("\u0001\u0001\u0001", List.of(), nowMs, random));
      case DUPLICATE_TAG -> withSeries("m", List.of("a:1", "a:2"), nowMs, random);
      case MANY_TAGS -> withSeries("m", tags(10_000), nowMs, random);
      case OVERSIZED -> TOO_LARGE;
      case UNKNOWN_FORMAT, BAD_HEARTBEAT -> "x".getBytes(StandardCharsets.UTF_8);
    };
  }

  private static NativeBatchWriter good(long nowMs, Random random) {
    NativeBatchWriter writer = new NativeBatchWriter("acme");
    writer.point(goodSeries(writer, random), nowMs, random.nextInt(100));
    writer.point(writer.series(MetricType.COUNTER, "good.counter", List.of()), nowMs, 1);
    return writer;
  }

  private static int goodSeries(NativeBatchWriter writer, Random random) {
    return writer.series(
        MetricType.GAUGE, "good.gauge", List.of("host:h" + random.nextInt(10), "env:prod"));
  }

  /** One good point and one of the same series that is not. */
  private static byte[] withPoint(long timestampMs, double value, Random random) {
    NativeBatchWriter writer = new NativeBatchWriter("acme");
    int series = goodSeries(writer, random);
    writer.point(series, NOW_MS, 1);
    writer.point(series, timestampMs, value);
    return writer.toBytes();
  }

  /** One point of a good series and one of another that is not. */
  private static byte[] withSeries(String metric, List<String> tags, long nowMs, Random random) {
    NativeBatchWriter writer = new NativeBatchWriter("acme");
    writer.point(goodSeries(writer, random), nowMs, 1);
    writer.point(writer.series(MetricType.COUNTER, metric, tags), nowMs, 1);
    return writer.toBytes();
  }

  private static byte[] invalidUtf8(byte[] bytes) {
    for (int i = 0; i + 2 < bytes.length; i++) {
      if (bytes[i] == 1 && bytes[i + 1] == 1 && bytes[i + 2] == 1) {
        bytes[i] = (byte) 0xC3;
        bytes[i + 1] = (byte) 0x28;
        return bytes;
      }
    }
    throw new IllegalStateException("the marker is not in the batch");
  }

  private static List<String> tags(int count) {
    List<String> tags = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tags.add("%04x:".formatted(i));
    }
    return tags;
  }

  private static byte[] mutated(byte[] bytes, Random random) {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  /** Begins with a field number that no format has, so that it is not a batch by chance. */
  private static byte[] random(Random random) {
    byte[] bytes = new byte[2 + random.nextInt(200)];
    random.nextBytes(bytes);
    bytes[0] = 0x07; // wire type 7 does not exist
    return bytes;
  }
}
