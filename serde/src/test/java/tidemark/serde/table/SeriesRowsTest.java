package tidemark.serde.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

class SeriesRowsTest {
  // in UTF-16 order, which the comparator uses, U+1F600 comes before U+FF5E
  private static final List<String> TEXTS = List.of("a", "ab", "b", "A", "\uD83D\uDE00", "\uFF5E");

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void rowsLeaveInTheOrderThatTheComparatorTells(long seed) {
    Random random = new Random(seed);
    SeriesRows rows = new SeriesRows();
    for (int round = 0; round < 50; round++) {
      List<SeriesEntry> entries = new ArrayList<>();
      int count = random.nextInt(300);
      for (int i = 0; i < count; i++) {
        entries.add(entry(random));
      }
      entries.forEach(rows::add);
      List<SeriesEntry> ordered =
          Arrays.stream(rows.order()).limit(rows.size()).mapToObj(rows::entry).toList();
      assertThat(ordered)
          .as("seed %s, round %s", seed, round)
          .containsExactlyElementsOf(entries.stream().sorted(SeriesRows.ORDER).toList());
      rows.clear();
    }
  }

  /** Of few orgs and metrics; ids with equal halves, and equal ones of different types. */
  private static SeriesEntry entry(Random random) {
    long id =
        random.nextBoolean()
            ? random.nextLong()
            : (long) (random.nextInt(4) - 2) << Integer.SIZE
                | Integer.toUnsignedLong(random.nextInt(4) - 2);
    return new SeriesEntry(
        id,
        random.nextLong(),
        MetricType.values()[random.nextInt(3)],
        new SeriesIdentity(text(random), text(random), List.of()),
        0,
        0);
  }

  private static String text(Random random) {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }
}
