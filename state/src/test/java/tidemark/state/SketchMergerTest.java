package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a {@link SketchBuffer} gives from the same bytes is the measure. */
class SketchMergerTest {
  private static final int SEEDS = 5_000;

  @Test
  void anyOrderAndGroupingGivesTheBytesOfTheBuffer() {
    int collapsed = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      SketchBuffer expected = new SketchBuffer();
      SketchMerger[] mergers = {new SketchMerger(), new SketchMerger(), new SketchMerger()};
      for (int i = random.nextInt(12); i >= 0; i--) {
        byte[] bytes = sketch(random).toBytes();
        expected.mergeEncoded(bytes, 0, bytes.length);
        int margin = random.nextInt(5);
        byte[] surrounded = new byte[bytes.length + 2 * margin];
        random.nextBytes(surrounded);
        System.arraycopy(bytes, 0, surrounded, margin, bytes.length);
        mergers[random.nextInt(3)].mergeEncoded(surrounded, margin, bytes.length);
      }
      mergers[0].merge(mergers[1]);
      mergers[0].merge(mergers[2]);
      assertThat(mergers[0].toSketch().toBytes()).as("seed %s", seed).isEqualTo(expected.toBytes());
      collapsed += expected.isCollapsedGiven(-1, 1) ? 1 : 0;
    }
    assertThat(collapsed).as("seeds whose sketch collapses").isGreaterThan(SEEDS / 10);
  }

  /** All ways of writing bins down, and counts of one byte to nine. */
  private static SketchBuffer sketch(Random random) {
    SketchBuffer sketch = new SketchBuffer();
    switch (random.nextInt(5)) {
      case 0 -> {
        for (double value : AwkwardValues.next(random, 12)) {
          sketch.accept(value);
        }
      }
      case 1 -> {
        int lowest = random.nextInt(-2_000, 2_000);
        for (int i = random.nextInt(200); i >= 0; i--) {
          sketch.addBin(lowest + i, random.nextInt(1, 400), random.nextBoolean());
        }
      }
      case 2 -> {
        int lowest = random.nextInt(-2_000, 2_000);
        for (int i = random.nextInt(200); i >= 0; i--) {
          sketch.addBin(lowest + i, 1 + (random.nextLong(1L << 53) >>> random.nextInt(53)), false);
        }
      }
      case 3 -> {
        for (int i = random.nextInt(30); i >= 0; i--) {
          sketch.addBin(random.nextInt(-3_000, 3_000), 1, random.nextBoolean());
        }
      }
      default -> {
        for (int i = random.nextInt(60); i >= 0; i--) {
          long count = random.nextLong(1L << 53) >>> random.nextInt(53);
          sketch.addBin((int) (500 * random.nextGaussian()), count, false);
        }
        sketch.addZeros(random.nextInt(100));
      }
    }
    return sketch;
  }

  @Test
  void anEmptiedMergerIsAsGoodAsNew() {
    Random random = new Random(1);
    SketchMerger merger = new SketchMerger();
    for (int i = 0; i < 200; i++) {
      byte[] bytes = sketch(random).toBytes();
      merger.clear();
      merger.mergeEncoded(bytes, 0, bytes.length);
      assertThat(merger.toSketch().toBytes()).as("round %s", i).isEqualTo(bytes);
    }
  }

  @Test
  void brokenBytesAreRefusedAsTheBufferRefusesThem() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      byte[] bytes = sketch(random).toBytes();
      if (random.nextBoolean()) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      byte[] broken = bytes;
      assertThat(outcome(() -> bytesOf(new SketchMerger(), broken)))
          .as("seed %s: %s", seed, Arrays.toString(broken))
          .isEqualTo(outcome(() -> SketchBuffer.ofBytes(broken).toBytes()));
    }
  }

  private static byte[] bytesOf(SketchMerger merger, byte[] bytes) {
    merger.mergeEncoded(bytes, 0, bytes.length);
    return merger.toSketch().toBytes();
  }

  private static String outcome(Supplier<byte[]> read) {
    try {
      return Arrays.toString(read.get());
    } catch (IllegalArgumentException e) {
      return "refused";
    }
  }
}
