package tidemark.serde.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes are written by parquet-java and by {@link HybridEncoder}. */
class HybridDecoderTest {
  private final HybridDecoder decoder = new HybridDecoder();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyNumbersAreReadAndLeftOut(long seed) throws IOException {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int bits = random.nextInt(33);
      int[] numbers = numbers(random, bits);
      byte[] bytes =
          random.nextBoolean() || bits == 32 ? theirs(numbers, bits) : ours(numbers, bits);
      int margin = random.nextInt(4);
      byte[] page = new byte[margin + bytes.length + HybridDecoder.SLACK_BYTES];
      random.nextBytes(page);
      System.arraycopy(bytes, 0, page, margin, bytes.length);
      decoder.open(page, margin, margin + bytes.length, bits);
      int[] read = new int[numbers.length];
      for (int at = 0; at < numbers.length; ) {
        int part = Math.min(numbers.length - at, random.nextInt(40));
        if (random.nextInt(3) == 0) {
          decoder.skip(part);
          System.arraycopy(numbers, at, read, at, part);
        } else {
          decoder.read(read, at, part);
        }
        at += part;
      }
      assertThat(read).as("seed %s, round %s, %s bits", seed, round, bits).isEqualTo(numbers);
    }
  }

  private static int[] numbers(Random random, int bits) {
    int[] numbers = new int[random.nextInt(400)];
    int mask = (int) ((1L << bits) - 1);
    for (int i = 0; i < numbers.length; ) {
      int end = Math.min(numbers.length, i + 1 + random.nextInt(random.nextInt(4) == 0 ? 200 : 20));
      boolean isRun = random.nextBoolean();
      int number = random.nextInt() & mask;
      for (; i < end; i++) {
        numbers[i] = isRun ? number : random.nextInt() & mask;
      }
    }
    return numbers;
  }

  private static byte[] theirs(int[] numbers, int bits) throws IOException {
    try (RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(bits, 64, 1 << 16, new HeapByteBufferAllocator())) {
      for (int number : numbers) {
        encoder.writeInt(number);
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      encoder.toBytes().writeAllTo(bytes);
      return bytes.toByteArray();
    }
  }

  private static byte[] ours(int[] numbers, int bits) {
    PageBuffer page = new PageBuffer();
    page.clear();
    new HybridEncoder().encode(numbers, 0, numbers.length, bits, page);
    return Arrays.copyOf(page.reserve(0), page.length());
  }

  @Test
  void brokenPagesAreRefused() {
    assertRefused("a page ends before its last number", 3);
    assertRefused("a page ends before its last number", 3, 8); // a run of four, without its number
    assertRefused("packed numbers go beyond their page", 3, 5, 0, 0, 0); // two groups
    assertRefused("at least one number", 3, 0, 0); // a run of none
    assertRefused("more than five bytes", 3, -1, -1, -1, -1, -1, -1);
  }

  private void assertRefused(String message, int bits, int... bytes) {
    byte[] page = new byte[bytes.length + HybridDecoder.SLACK_BYTES];
    for (int i = 0; i < bytes.length; i++) {
      page[i] = (byte) bytes[i];
    }
    decoder.open(page, 0, bytes.length, bits);
    assertThatThrownBy(() -> decoder.read(new int[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
