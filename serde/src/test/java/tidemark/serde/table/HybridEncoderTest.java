package tidemark.serde.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridDecoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes are read back by parquet-java. */
class HybridEncoderTest {
  private final HybridEncoder encoder = new HybridEncoder();
  private final PageBuffer page = new PageBuffer();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyNumbersComeBack(long seed) throws IOException {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int bits = random.nextInt(32);
      int[] numbers = numbers(random, bits);
      int from = random.nextInt(numbers.length + 1);
      page.clear();
      encoder.encode(numbers, from, numbers.length, bits, page);
      assertComesBack(numbers, from, bits, "seed %s, round %s".formatted(seed, round));
    }
  }

  /** Stretches of one number and of any, of lengths around that of a group. */
  private static int[] numbers(Random random, int bits) {
    int[] numbers = new int[random.nextInt(400)];
    int mask = (1 << bits) - 1;
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

  private void assertComesBack(int[] numbers, int from, int bits, String description)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(page.reserve(0), 0, page.length());
    var decoder = new RunLengthBitPackingHybridDecoder(bits, ByteBufferInputStream.wrap(bytes));
    for (int i = from; i < numbers.length; i++) {
      assertThat(decoder.readInt()).as("%s, number %s", description, i).isEqualTo(numbers[i]);
    }
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    int[] numbers = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 2, 3, 4, 5, 6, 7};
    encoder.encode(numbers, 0, 10, 3, page); // a run of ten
    encoder.encode(numbers, 10, 18, 3, page); // the example of the format's text
    assertThat(HexFormat.of().formatHex(page.reserve(0), 0, page.length()))
        .isEqualTo("1401" + "0388c6fa");
  }
}
