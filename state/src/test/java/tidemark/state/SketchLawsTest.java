package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sketches of the same values have the same bytes, collapsed or not. */
class SketchLawsTest {

  @Test
  void orderAndGroupingChangeNoByte() {
    int collapsed = 0;
    for (int seed = 0; seed < 10_000; seed++) {
      Random random = new Random(seed);
      List<SketchBuffer> parts = new ArrayList<>();
      SketchBuffer all = new SketchBuffer();
      for (int i = random.nextInt(8); i >= 0; i--) {
        SketchBuffer part = new SketchBuffer();
        for (double value : AwkwardValues.next(random, 12)) {
          part.accept(value);
          all.accept(value);
        }
        parts.add(part);
      }
      byte[] merged = MergeTrees.merge(parts, (a, b) -> mergedCopy(a, b, random), random).toBytes();
      if (!Arrays.equals(merged, all.toBytes())) {
        throw new AssertionError(
            "seed %d: merged %s, accepted %s"
                .formatted(seed, Arrays.toString(merged), Arrays.toString(all.toBytes())));
      }
      collapsed += all.isCollapsedGiven(-1, 1) ? 1 : 0;
    }
    assertThat(collapsed).as("seeds whose sketch collapses").isGreaterThan(1_000);
  }

  /** Independent of the sketch: all values first, then one fold below the highest index. */
  @Test
  void collapseDependsOnTheSetOfBinsAlone() {
    for (int seed = 0; seed < 10_000; seed++) {
      Random random = new Random(seed);
      int[] indexes = random.ints(1 + random.nextInt(30), -9_000, 9_000).toArray();
      SketchBuffer sketch = new SketchBuffer();
      for (int index : indexes) {
        sketch.addBin(index, 1, true);
      }
      int floor = Arrays.stream(indexes).max().getAsInt() - SketchBuffer.MAX_BINS + 1;
      SketchBuffer expected = new SketchBuffer();
      Arrays.stream(indexes)
          .map(index -> Math.max(index, floor))
          .sorted()
          .forEach(index -> expected.addBin(index, 1, true));
      if (!Arrays.equals(sketch.toBytes(), expected.toBytes())) {
        throw new AssertionError("seed %d: %s".formatted(seed, Arrays.toString(indexes)));
      }
    }
  }

  @Test
  void countsStopAtTheirLimitInAnyOrder() {
    long most = (1L << 53) - 1;
    SketchBuffer one = new SketchBuffer();
    one.addBin(5, most, false);
    one.addBin(5, most, false);
    one.addZeros(most);
    one.addZeros(1);
    SketchBuffer other = new SketchBuffer();
    other.addBin(5, most, false);
    other.addZeros(most);
    assertThat(one.toBytes()).isEqualTo(other.toBytes());
    assertThat(one.count()).isEqualTo(2 * most);
  }

  @Test
  void mergingASketchIntoItselfDoublesIt() {
    SketchBuffer sketch = new SketchBuffer();
    sketch.accept(1);
    sketch.accept(-1e300 / 1e20);
    sketch.accept(0);
    sketch.merge(sketch);
    assertThat(sketch.count()).isEqualTo(6);
  }

  @Test
  void clearedSketchesAreNew() {
    Random random = new Random(7);
    SketchBuffer reused = new SketchBuffer();
    for (int round = 0; round < 1_000; round++) {
      reused.clear();
      SketchBuffer fresh = new SketchBuffer();
      for (double value : AwkwardValues.next(random, 20)) {
        reused.accept(value);
        fresh.accept(value);
      }
      assertThat(reused.toBytes()).as("round %d", round).isEqualTo(fresh.toBytes());
    }
  }

  private static SketchBuffer mergedCopy(SketchBuffer a, SketchBuffer b, Random random) {
    SketchBuffer merged = SketchBuffer.ofBytes(a.toBytes());
    if (random.nextBoolean()) {
      merged.merge(b);
      return merged;
    }
    byte[] padded = new byte[b.encodedLength() + 7];
    int end = b.encode(padded, 3);
    merged.mergeEncoded(padded, 3, end - 3);
    return merged;
  }
}
