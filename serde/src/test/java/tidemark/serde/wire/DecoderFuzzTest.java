package tidemark.serde.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.InvalidProtocolBufferException;
import com.sun.management.ThreadMXBean;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tidemark.state.MetricType;
import tidemark.wire.v1.NativeBatch;

/**
 * Hostile bytes: no exception, bounded memory, and each record accounted for. What a decoder takes
 * from a damaged record, protobuf's own classes read from it too.
 */
final class DecoderFuzzTest {
  private static final int RECORDS = 100_000;

  /** Per record of at most a few kilobytes, once the scratch arrays are there. */
  private static final long MAX_ALLOCATED_BYTES = 64 << 10;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final PointBlock block = new PointBlock();
  private int compared;

  private interface Sample {
    byte[] of(Random random);
  }

  private interface Comparison {
    void check(byte[] record) throws InvalidProtocolBufferException;
  }

  private static byte[] damaged(List<byte[]> valid, Random random) {
    byte[] bytes = valid.get(random.nextInt(valid.size())).clone();
    switch (random.nextInt(6)) {
      case 0 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      }
      case 1 -> {
        byte[] noise = new byte[random.nextInt(200)];
        random.nextBytes(noise);
        return noise;
      }
      case 2 -> {
        return withHugeLength(bytes, random);
      }
      case 3 -> {
        return spliced(bytes, valid.get(random.nextInt(valid.size())), random);
      }
      default -> {
        for (int change = random.nextInt(5); change >= 0; change--) {
          int at = random.nextInt(bytes.length);
          bytes[at] =
              (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
      }
    }
  }

  /** Five bytes somewhere become the varint of 2^31 - 1 to 2^35 - 1. */
  private static byte[] withHugeLength(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) 0xff);
    if (at + 4 < bytes.length) {
      bytes[at + 4] = (byte) (7 + random.nextInt(121));
    }
    return bytes;
  }

  private static byte[] spliced(byte[] head, byte[] tail, Random random) {
    int keep = random.nextInt(head.length + 1);
    int from = random.nextInt(tail.length + 1);
    byte[] both = Arrays.copyOf(head, keep + tail.length - from);
    System.arraycopy(tail, from, both, keep, tail.length - from);
    return both;
  }

  private void attack(RecordDecoder decoder, Sample sample, Comparison comparison)
      throws InvalidProtocolBufferException {
    List<byte[]> valid =
        IntStream.range(0, 2_000).mapToObj(seed -> sample.of(new Random(seed))).toList();
    long worst = 0;
    for (int seed = 0; seed < RECORDS; seed++) {
      byte[] record = damaged(valid, new Random(seed));
      long before = threads.getCurrentThreadAllocatedBytes();
      decoder.decode(record, "acme", block);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;
      worst = seed < 1_000 ? 0 : Math.max(worst, allocated);
      if (!isAccountedFor()) {
        fail("seed %s: neither points nor refusals, or both and refused as a whole", seed);
      }
      if (!block.isRecordRefused()) {
        comparison.check(record);
      }
      resolveAll();
    }
    assertThat(worst).isLessThan(MAX_ALLOCATED_BYTES);
    assertThat(compared).isGreaterThan(RECORDS / 20);
  }

  private boolean isAccountedFor() {
    int histograms = block.histograms().count();
    long refused = block.refused().values().stream().mapToLong(Long::longValue).sum();
    boolean isConsistent =
        block.firstPoint(block.seriesCount()) == block.pointCount()
            && block.firstHistogram(block.seriesCount()) == histograms;
    boolean isSomething = block.pointCount() + histograms + refused + block.gaps() > 0;
    boolean isRefusedOnce = block.refused().size() == 1 && block.seriesCount() == 0;
    return isConsistent && (block.isRecordRefused() ? isRefusedOnce && !isSomething : isSomething);
  }

  private void resolveAll() {
    for (int series = 0; series < block.seriesCount(); series++) {
      Objects.requireNonNull(Decoded.resolve(block, series, Decoded.WIDE));
    }
  }

  @Test
  void damagedNativeBatchesNeverThrowAndAreAccountedFor() throws InvalidProtocolBufferException {
    attack(
        new NativeBatchDecoder(),
        random -> WireOrder.shuffled(NativeBatches.random(random), random),
        this::compareNative);
  }

  private void compareNative(byte[] record) throws InvalidProtocolBufferException {
    NativeBatch batch;
    try {
      batch = NativeBatch.parseFrom(record);
    } catch (InvalidProtocolBufferException stricter) {
      // Generated classes refuse the whole message for one symbol; here its series are refused.
      assertThat(stricter).hasMessageContaining("UTF-8");
      return;
    }
    assertSame(NativeBatches.pointsOf(block), NativeBatches.pointsOf(batch, "acme"));
  }

  @Test
  void damagedOtlpRequestsNeverThrowAndAreAccountedFor() throws InvalidProtocolBufferException {
    attack(
        new OtlpDecoder(),
        random -> WireOrder.shuffled(RandomOtlp.request(random), random),
        this::compareOtlp);
  }

  private void compareOtlp(byte[] record) {
    ExportMetricsServiceRequest request;
    try {
      request = ExportMetricsServiceRequest.parseFrom(record);
    } catch (InvalidProtocolBufferException stricter) {
      // What the decoder steps over, or leaves in the key for later, it does not look into.
      return;
    }
    assertSame(RandomOtlp.pointsOf(block), RandomOtlp.pointsOf(request));
  }

  private void assertSame(List<String> decoded, List<String> expected) {
    if (!decoded.equals(expected)) {
      assertThat(decoded).isEqualTo(expected);
    }
    compared++;
  }

  @Test
  void goodOtlpRequestsReadAsTheGeneratedClassesReadThem() {
    OtlpDecoder decoder = new OtlpDecoder();
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      byte[] record = WireOrder.shuffled(RandomOtlp.request(random), random);
      decoder.decode(record, "acme", block);
      assertThat(block.isRecordRefused()).as("seed %s", seed).isFalse();
      compareOtlp(record);
    }
    assertThat(compared).isEqualTo(2_000);
  }

  @Test
  void claimedSizesSetNoMemoryAside() {
    List<byte[]> hostile =
        List.of(
            WireOrder.written(
                out -> {
                  out.writeUInt32(1, 1);
                  out.writeString(2, "acme");
                  out.writeString(3, "m");
                  out.writeByteArray(4, new byte[] {0});
                  out.writeByteArray(5, new byte[] {2});
                  out.writeByteArray(6, new byte[] {0});
                  out.writeByteArray(7, new byte[] {-1, -1, -1, -1, 7});
                }),
            WireOrder.written(
                out -> {
                  out.writeTag(1, 2);
                  out.writeUInt32NoTag(Integer.MAX_VALUE);
                }),
            WireOrder.written(
                out -> {
                  out.writeTag(3, 2);
                  out.writeUInt64NoTag(Long.MAX_VALUE);
                }));
    for (RecordDecoder decoder : List.of(new NativeBatchDecoder(), new OtlpDecoder())) {
      for (byte[] record : hostile) {
        decoder.decode(record, "acme", block);
        long before = threads.getCurrentThreadAllocatedBytes();
        decoder.decode(record, "acme", block);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(4096);
        assertThat(block.isRecordRefused()).isTrue();
      }
    }
  }

  @Test
  void decodingAllocatesNothingPerPointOrSeries() {
    NativeBatchWriter writer = new NativeBatchWriter("acme");
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    for (int i = 0; i < 1_000; i++) {
      int series = writer.series(MetricType.GAUGE, "m" + i, List.of("n:" + i));
      writer.point(series, i, i);
      request.mergeFrom(OtlpRequests.of(OtlpRequests.gauge("m" + i, OtlpRequests.number(i))));
    }
    assertAllocatesLittle(new NativeBatchDecoder(), writer.toBytes());
    assertAllocatesLittle(new OtlpDecoder(), request.build().toByteArray());
  }

  private void assertAllocatesLittle(RecordDecoder decoder, byte[] record) {
    decoder.decode(record, "acme", block);
    decoder.decode(record, "acme", block);
    assertThat(block.pointCount()).isEqualTo(1_000);
    long before = threads.getCurrentThreadAllocatedBytes();
    decoder.decode(record, "acme", block);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2048);
  }
}
