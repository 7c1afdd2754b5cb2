package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

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

  /**
   * The library's result depends on the order where it folds into a store that it then widens; with
   * the largest magnitude first it cannot.
   */
  @Test
  void collapseIsThatOfTheLibraryGivenTheLargestFirst() throws IOException {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      double[] values = new double[random.nextInt(200) + 2];
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.scalb(random.nextDouble() - 0.3, random.nextInt(300) - 200);
      }
      SketchBuffer sketch = new SketchBuffer();
      DDSketch expected = new DDSketch(MAPPING, SketchBufferTest::collapsingStore);
      expected.accept(0x1p200);
      expected.accept(-0x1p201);
      for (double value : values) {
        sketch.accept(value);
        expected.accept(value);
      }
      sketch.accept(0x1p200);
      sketch.accept(-0x1p201);
      assertSame(seed, sketch, expected);
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
      assertThat(sketch.quantile(q))
          .as("seed %d, q %s", seed, q)
          .isEqualTo(expected.getValueAtQuantile(q));
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
