package tidemark.serde.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Main as a set of sequence numbers, which goes back now and then. */
class SetBacksTest {
  private static final int COMMITS = 200;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatWasTakenBackIsVoidAndNothingElse(long seed) {
    Random random = new Random(seed);
    Map<String, String> properties = new HashMap<>();
    TreeSet<Long> main = new TreeSet<>();
    for (long last = 1; last <= COMMITS; last++) {
      main.add(last);
      if (random.nextInt(10) == 0) {
        Long behind = main.floor(last - random.nextInt(15));
        behind = behind == null ? main.first() : behind;
        properties.putAll(SetBacks.with(properties, behind, last));
        main.tailSet(behind, false).clear();
      }
    }
    for (long sequence = 1; sequence <= COMMITS; sequence++) {
      assertThat(SetBacks.contain(properties, sequence))
          .as("seed %d, commit %d, %s", seed, sequence, properties)
          .isEqualTo(!main.contains(sequence));
    }
    assertThat(SetBacks.contain(properties, COMMITS + 1)).isFalse();
    assertThat(SetBacks.contain(Map.of(), 1)).isFalse();
  }
}
