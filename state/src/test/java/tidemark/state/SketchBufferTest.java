package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;
import com.datadoghq.sketch.ddsketch.store.Store;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Every sketch is held against the one that sketches-java makes of the same values. */
class SketchBufferTest {
  private static final LogarithmicMapping MAPPING =
      new LogarithmicMapping(Math.pow(2, 1 / 64.0), 0);

  @Test
  void binsAndQuantilesAreThoseOfTheLibrary() throws IOException {
    for (int seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      SketchBuffer sketch = new SketchBuffer();
      DDSketch expected = new DDSketch(MAPPING, SketchBufferTest::collapsingStore);
      int range = 1 + random.nextInt(60);
      for (int i = random.nextInt(300); i >= 0; i--) {
        double value =
            random.nextInt(8) == 0
                ? 0
                : Math.scalb(random.nextDouble() - 0.3, random.nextInt(range));
        sketch.accept(value);
        expected.accept(value);
      }
      assertSame(seed, sketch, expected);
    }
  }

  @Test
  void collapseIsThatOfTheLibrary() throws IOException {
    int collapsed = 0;
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      SketchBuffer sketch = new SketchBuffer();
      DDSketch expected = new DDSketch(MAPPING, SketchBufferTest::collapsingStore);
      for (int i = random.nextInt(200); i >= 0; i--) {
        double value = Math.scalb(random.nextDouble() - 0.3, random.nextInt(300) - 200);
        sketch.accept(value);
        expected.accept(value);
      }
      assertSame(seed, sketch, expected);
      collapsed += sketch.isCollapsedGiven(-1, 1) ? 1 : 0;
    }
    assertThat(collapsed).as("seeds whose sketch collapses").isGreaterThan(900);
  }

  @Test
  void valuesThatNoSketchCanHoldAreRefused() {
    for (double value :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0x1.1p960}) {
      assertThat(SketchBuffer.isIndexable(value)).isFalse();
      assertThatThrownBy(() -> new SketchBuffer().accept(value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a value to sketch must be at most 2^960 in magnitude, got " + value);
    }
    assertThat(SketchBuffer.isIndexable(-0x1p960)).isTrue();
  }

  @Test
  void fewBinsTakeLittleMemory() {
    assertThat(new SketchBuffer().memoryBytes()).isLessThan(200);
    SketchBuffer one = new SketchBuffer();
    one.accept(5);
    assertThat(one.memoryBytes()).isLessThan(300);
    SketchBuffer farApart = new SketchBuffer();
    for (double value : new double[] {1e-9, 1, 1e9}) {
      farApart.accept(value);
    }
    assertThat(farApart.memoryBytes()).isLessThan(4_096);
    SketchBuffer typical = new SketchBuffer();
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      typical.accept(20 * Math.exp(0.5 * random.nextGaussian()));
    }
    assertThat(typical.memoryBytes()).isLessThan(4_096);
  }

  @Test
  void binsOutsideTheScaleAreRefused() {
    SketchBuffer sketch = new SketchBuffer();
    assertThatThrownBy(() -> sketch.addBin(61441, 1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bin index must be -65408 to 61440, got 61441");
    assertThatThrownBy(() -> sketch.addBin(0, -1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be 0 to 2^53 - 1, got -1");
    assertThatThrownBy(() -> sketch.addZeros(1L << 53))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must be 0 to 2^53 - 1, got 9007199254740992");
    sketch.addBin(7, 0, false);
    assertThat(sketch.isEmpty()).isTrue();
  }

  @Test
  void quantilesAreOfSomethingAndBetween0And1() {
    SketchBuffer sketch = new SketchBuffer();
    assertThatThrownBy(() -> sketch.quantile(0.5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("an empty sketch has no quantile");
    for (double q : new double[] {Double.NaN, -0.1, 1.1}) {
      assertThatThrownBy(() -> sketch.quantile(q))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("quantile must be 0 to 1, got " + q);
    }
  }

  private static void assertSame(int seed, SketchBuffer sketch, DDSketch expected)
      throws IOException {
    byte[] bytes = sketch.toBytes();
    assertThat(bytes).as("seed %d", seed).hasSize(sketch.encodedLength());
    DDSketch decoded = decodeByLibrary(bytes);
    assertThat(bins(decoded.getPositiveValueStore()))
        .as("seed %d", seed)
        .isEqualTo(bins(expected.getPositiveValueStore()));
    assertThat(bins(decoded.getNegativeValueStore()))
        .as("seed %d", seed)
        .isEqualTo(bins(expected.getNegativeValueStore()));
    assertThat(decoded.getCount()).as("seed %d", seed).isEqualTo(expected.getCount());
    assertThat((double) sketch.count()).as("seed %d", seed).isEqualTo(expected.getCount());
    for (double q = 0; q <= 1; q += 1 / 64.0) {
      double value = expected.getValueAtQuantile(q);
      assertThat(sketch.quantile(q))
          .as("seed %d, q %s", seed, q)
          .isCloseTo(value, within(Math.abs(value) * 1e-15));
    }
    assertThat(SketchBuffer.ofBytes(bytes).toBytes()).as("seed %d", seed).isEqualTo(bytes);
  }

  private static Store collapsingStore() {
    return new CollapsingLowestDenseStore(SketchBuffer.MAX_BINS);
  }

  private static DDSketch decodeByLibrary(byte[] bytes) throws IOException {
    assertThat(bytes[0]).isEqualTo((byte) 1);
    return DDSketch.decode(
        ByteArrayInput.wrap(bytes, 1, bytes.length - 1), UnboundedSizeDenseStore::new, MAPPING);
  }

  private static Map<Integer, Double> bins(Store store) {
    Map<Integer, Double> bins = new TreeMap<>();
    store.forEach(
        (index, count) -> {
          if (count != 0) {
            bins.put(index, count);
          }
        });
    return bins;
  }
}
