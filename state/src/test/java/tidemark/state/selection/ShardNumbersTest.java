package tidemark.state.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardNumbersTest {
  private static final int SEEDS = 300;

  @Test
  void numbersAndRangesAreRead() {
    assertThat(parse("0-3, 64 ,9999").numbers()).containsExactly(0, 1, 2, 3, 64, 9_999);
    assertThat(parse("5-5").numbers()).containsExactly(5);
    assertThat(parse("7,0-2,1-3,7").numbers()).containsExactly(0, 1, 2, 3, 7);
    assertThat(ShardNumbers.upTo(3).numbers()).containsExactly(0, 1, 2);
    assertThat(ShardNumbers.upTo(1).numbers()).containsExactly(0);
  }

  @Test
  void rangesAreWrittenAsLongAsTheyCanBe() {
    assertThat(parse("3,2,1,0").text()).isEqualTo("0-3");
    assertThat(parse("0,1,3,5,6").text()).isEqualTo("0-1,3,5-6");
    assertThat(parse("9998,9999,64")).hasToString("64,9998-9999");
    assertThat(parse("4").text()).isEqualTo("4");
  }

  @Test
  void textComesBack() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      TreeSet<Integer> numbers = new TreeSet<>();
      int limit = random.nextBoolean() ? 12 : ShardMap.MAX_SHARD + 1; // many neighbours, or few
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        numbers.add(random.nextInt(limit));
      }
      ShardNumbers shards = new ShardNumbers(numbers);
      ShardNumbers read = parse(shards.text());
      assertThat(read).as("seed %d", seed).isEqualTo(shards);
      assertThat(read.numbers()).as("seed %d", seed).isEqualTo(numbers);
      assertThat(read.text()).as("seed %d", seed).isEqualTo(shards.text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", ",", "1,", ",1", "a", "-1", "1-", "3-2", "1--2", "1-2-3", "10000", "1;2"})
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "option must be shards and ranges of 0 to 9999 such as 0-31,64, got '" + text + "'");
  }

  @Test
  void thereIsAtLeastOneAndNoneBeyondTheBounds() {
    for (Set<Integer> wrong : List.of(Set.<Integer>of(), Set.of(-1, 3), Set.of(3, 10_000))) {
      assertThatThrownBy(() -> new ShardNumbers(new TreeSet<>(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "shards must be at least one number of 0 to 9999, got " + new TreeSet<>(wrong));
    }
  }

  @Test
  void theyAreNotChangedFromOutside() {
    TreeSet<Integer> numbers = new TreeSet<>(Set.of(1));
    ShardNumbers shards = new ShardNumbers(numbers);
    numbers.add(2);
    assertThat(shards.numbers()).containsExactly(1);
    assertThatThrownBy(() -> shards.numbers().add(2))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void setsAreCompared() {
    ShardNumbers shards = parse("0-3,9");
    assertThat(shards.containsAll(IntStream.rangeClosed(1, 3).boxed().toList())).isTrue();
    assertThat(shards.containsAll(List.of(3, 4))).isFalse();
    assertThat(shards.isDisjoint(parse("4-8,10"))).isTrue();
    assertThat(shards.isDisjoint(parse("4-9"))).isFalse();
  }

  private static ShardNumbers parse(String text) {
    return ShardNumbers.parse(text, "option");
  }
}
