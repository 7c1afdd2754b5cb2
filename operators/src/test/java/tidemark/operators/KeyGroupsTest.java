package tidemark.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.partial.PartialBatch;

class KeyGroupsTest {
  // Golden: savepoints hold state under these keys. Never edit.
  private static final int[] KEYS_OF_128 = {
    312, 13, 151, 196, 52, 81, 282, 4, 357, 153, 44, 58, 85, 387, 135, 8, 361, 66, 6, 28, 29, 40,
    98, 263, 157, 537, 30, 14, 102, 33, 24, 93, 75, 51, 149, 214, 32, 73, 394, 212, 117, 128, 74,
    131, 63, 72, 22, 173, 300, 183, 12, 9, 410, 77, 49, 103, 78, 76, 199, 253, 178, 43, 41, 519, 84,
    122, 115, 10, 56, 337, 15, 47, 301, 108, 203, 403, 342, 400, 169, 18, 70, 17, 238, 95, 83, 242,
    1, 207, 45, 142, 205, 140, 146, 27, 0, 393, 57, 64, 368, 179, 181, 352, 11, 23, 65, 349, 121,
    79, 141, 80, 335, 635, 163, 3, 369, 55, 16, 60, 114, 71, 91, 327, 176, 31, 26, 34, 5, 2
  };

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 128, 1000, 4096, 32768})
  void everyKeyBelongsToItsGroup(int maxParallelism) throws Exception {
    KeyGroups keyGroups = new KeyGroups(maxParallelism);
    for (int group = 0; group < maxParallelism; group++) {
      PartialBatch batch =
          PartialBatch.of(PartialBatch.Kind.PARTIALS, group, PartialBatch.OPEN, new byte[0]);
      Integer key = keyGroups.selector().getKey(batch);
      assertThat(KeyGroupRangeAssignment.assignToKeyGroup(key, maxParallelism)).isEqualTo(group);
      assertThat(keyGroups.keyOf(group)).isEqualTo(key);
    }
  }

  @Test
  void keysOf128GroupsAreFrozen() {
    KeyGroups keyGroups = new KeyGroups(128);
    assertThat(IntStream.range(0, 128).map(keyGroups::keyOf).toArray()).isEqualTo(KEYS_OF_128);
  }

  @Test
  void groupsOfSeriesAreFrozen() {
    KeyGroups keyGroups = new KeyGroups(128);
    assertThat(keyGroups.groupOf(0L)).isEqualTo(0);
    assertThat(keyGroups.groupOf(0xFFFFFFFFL)).isEqualTo(0);
    assertThat(keyGroups.groupOf(0x0123456789ABCDEFL)).isEqualTo(0);
    assertThat(keyGroups.groupOf(0x9E3779B97F4A7C15L)).isEqualTo(79);
    assertThat(keyGroups.groupOf(Long.MAX_VALUE)).isEqualTo(63);
    assertThat(keyGroups.groupOf(Long.MIN_VALUE)).isEqualTo(64);
    assertThat(keyGroups.groupOf(-1L)).isEqualTo(127);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 128, 32768})
  void seriesSpreadOverAllGroupsByTheHighHalfOfTheirId(int maxParallelism) {
    KeyGroups keyGroups = new KeyGroups(maxParallelism);
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long id = random.nextLong();
      BigInteger high = BigInteger.valueOf(id >>> 32);
      int expected =
          high.multiply(BigInteger.valueOf(maxParallelism)).shiftRight(32).intValueExact();
      assertThat(keyGroups.groupOf(id)).isEqualTo(expected).isBetween(0, maxParallelism - 1);
    }
  }

  @Test
  void refusesWhatFlinkRefuses() {
    assertThatThrownBy(() -> new KeyGroups(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("max parallelism must be 1 to 32768, got 0");
    assertThatThrownBy(() -> new KeyGroups(32769))
        .hasMessage("max parallelism must be 1 to 32768, got 32769");
  }
}
