package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import com.datadoghq.sketch.ddsketch.encoding.VarEncodingHelper;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The golden bytes are version 1 for ever: a change of them is a new version, not an edit here. */
class SketchCodecTest {

  @Test
  void goldenBytesOfVersion1() {
    assertThat(hex(new SketchBuffer())).isEqualTo("01");
    assertThat(hex(sketchOf(0, -0.0, 1e-310))).isEqualTo("010404");
    assertThat(hex(sketchOf(3))).isEqualTo("010901ca01");
    assertThat(hex(sketchOf(-3, -3))).isEqualTo("010701ca0103");
    assertThat(hex(sketchOf(0.001, 0.001, 1000))).isEqualTo("010502fb0903f61302");
    assertThat(hex(sketchOf(10, 10.1, 10.2, 10.3, 10.3, 10.4))).isEqualTo("010d05a803020202020302");
    assertThat(hex(sketchOf(0x1p960, -0x1p-1000, 5, 5, 0)))
        .isEqualTo("010402050280800703fe3f020b01ffe707");
    SketchBuffer many = new SketchBuffer();
    many.addBin(100, 1_000_000, false);
    many.addBin(101, (1L << 53) - 1, false);
    assertThat(hex(many)).isEqualTo("010d02c80102a7e8a4086a");
  }

  @Test
  void whatTheLibraryWritesWithoutMappingIsRead() throws IOException {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      SketchBuffer sketch = new SketchBuffer();
      DDSketch library =
          new DDSketch(new LogarithmicMapping(SketchBuffer.GAMMA, 0), UnboundedSizeDenseStore::new);
      int range = 1 + random.nextInt(40);
      for (int i = random.nextInt(100); i >= 0; i--) {
        double value = Math.scalb(random.nextDouble() - 0.3, random.nextInt(range));
        sketch.accept(value);
        library.accept(value);
      }
      GrowingByteArrayOutput output = GrowingByteArrayOutput.withDefaultInitialCapacity();
      output.writeByte((byte) 1);
      library.encode(output, true);
      assertThat(SketchBuffer.ofBytes(output.trimmedCopy()).toBytes())
          .as("seed %d", seed)
          .isEqualTo(sketch.toBytes());
    }
  }

  @Test
  void numbersAreThoseOfTheLibrary() throws IOException {
    for (int seed = 0; seed < 100_000; seed++) {
      Random random = new Random(seed);
      long count = random.nextLong() >>> 11 >>> random.nextInt(54);
      long signed = random.nextLong() >> random.nextInt(64);
      byte[] bytes = new byte[18];
      int end = VarCoding.writeSigned(bytes, VarCoding.writeCount(bytes, 0, count), signed);
      GrowingByteArrayOutput expected = GrowingByteArrayOutput.withDefaultInitialCapacity();
      VarEncodingHelper.encodeVarDouble(expected, (double) count);
      VarEncodingHelper.encodeSignedVarLong(expected, signed);
      SketchReader reader = new SketchReader(bytes, 0, end);
      if (!Arrays.equals(Arrays.copyOf(bytes, end), expected.trimmedCopy())
          || end != VarCoding.countLength(count) + VarCoding.signedLength(signed)
          || reader.nextCount() != count
          || reader.nextSigned() != signed) {
        throw new AssertionError("seed %d: count %d, signed %d".formatted(seed, count, signed));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                     | truncated",
        "00                   | sketch version must be 1, got 0",
        "02                   | sketch version must be 1, got 2",
        "01 00                | unknown flag 0x00",
        "01 02 00             | unknown flag 0x02",
        "01 01                | unknown flag 0x01",
        "01 11                | unknown flag 0x11",
        "01 a0 01             | unknown flag 0xa0",
        "01 04                | truncated",
        "01 04 80             | truncated",
        "01 04 01             | must be an integer",
        "01 0d                | truncated",
        "01 0d 02 00 02 02    | truncated",
        "01 0d 03 00 02 02    | truncated",
        "01 09 ffffffffffffffffff 00 | 18446744073709551615 bins in 1 bytes",
        "01 09 02 02          | 2 bins in 1 bytes",
        "01 0d 01 00 04 02    | 1 apart, got 2",
        "01 09 01 feffffff0f  | bin index must be -65408 to 61440, got 2147483647",
        "01 09 02 02 feffffffffffffffff | bin index must be",
      })
  void whatIsNotASketchIsRefused(String hex, String message) {
    byte[] bytes = HexFormat.of().parseHex(hex == null ? "" : hex.replace(" ", ""));
    assertThatThrownBy(() -> SketchBuffer.ofBytes(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void mutatedBytesAreReadOrRefused() {
    int read = 0;
    for (int seed = 0; seed < 100_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = sketchOf(random.doubles(8, -1, 100).toArray()).toBytes();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      SketchBuffer sketch = new SketchBuffer();
      try {
        sketch.mergeEncoded(bytes, 0, 1 + random.nextInt(bytes.length));
        read++;
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageMatching("(?s).*(sketch|bin|count).*");
      }
      sketch.clear();
      assertThat(sketch.isEmpty()).isTrue();
    }
    assertThat(read).isBetween(1_000, 90_000);
  }

  private static SketchBuffer sketchOf(double... values) {
    SketchBuffer sketch = new SketchBuffer();
    for (double value : values) {
      sketch.accept(value);
    }
    return sketch;
  }

  private static String hex(SketchBuffer sketch) {
    return HexFormat.of().formatHex(sketch.toBytes());
  }
}
