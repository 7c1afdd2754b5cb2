package tidemark.operators.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SeriesRoutesTest {
  private static final int NAMES = 8;

  private static final class Known {
    private final int name;
    private final Route[] routes;

    Known(int name, Route[] routes) {
      this.name = name;
      this.routes = routes;
    }
  }

  @Test
  void holdsWhatAMapHoldsWhateverIsForgotten() {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      SeriesRoutes routes = new SeriesRoutes();
      Map<Long, Known> model = new HashMap<>();
      for (int step = 0; step < 6_000; step++) {
        long seriesId = random.nextInt(4_000) * (random.nextBoolean() ? 1L : 1L << 32);
        Known known = model.get(seriesId);
        assertThat(routes.get(seriesId)).isSameAs(known == null ? null : known.routes);
        if (known == null) {
          Known found = new Known(random.nextInt(NAMES), new Route[random.nextInt(3)]);
          routes.put(seriesId, found.name, found.routes);
          model.put(seriesId, found);
        }
        if (random.nextInt(1_000) == 0) {
          BitSet forgotten = BitSet.valueOf(new long[] {random.nextInt(1 << NAMES)});
          routes.forget(forgotten);
          model.values().removeIf(each -> forgotten.get(each.name));
        }
        if (random.nextInt(4_000) == 0) {
          routes.clear();
          model.clear();
        }
        if (step % 100 == 0) {
          assertThat(routes.entries())
              .as("seed %s, step %s", seed, step)
              .isEqualTo(model.values().stream().mapToLong(each -> 1L + each.routes.length).sum());
        }
      }
      model.forEach((seriesId, each) -> assertThat(routes.get(seriesId)).isSameAs(each.routes));
    }
  }
}
