package tidemark.serde.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowSortTest {
  private final RowSort sort = new RowSort();

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void rowsAreInOrderOfAllKeysAndEqualOnesStay(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      int rows = random.nextInt(500);
      int[][] keys = new int[3][];
      for (int key = 0; key < keys.length; key++) {
        int bits = random.nextInt(1, 33);
        keys[key] = IntStream.range(0, rows).map(row -> random.nextInt() >>> (32 - bits)).toArray();
      }
      sort.begin(rows);
      Arrays.stream(keys).forEach(sort::by);
      Comparator<Integer> byKeys = Comparator.comparingInt(row -> 0);
      for (int[] key : keys) {
        Comparator<Integer> byThis = (a, b) -> Integer.compareUnsigned(key[a], key[b]);
        byKeys = byThis.thenComparing(byKeys);
      }
      assertThat(Arrays.copyOf(sort.order(), rows))
          .as("seed %s, round %s", seed, round)
          .containsExactly(
              IntStream.range(0, rows).boxed().sorted(byKeys).mapToInt(row -> row).toArray());
    }
  }
}
