package tidemark.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;

/** Random ways to bring the same things together. */
final class MergeTrees {
  private MergeTrees() {}

  /** Merges all leaves, in a random order and grouping, each pair in a random direction. */
  static <T> T merge(List<T> leaves, BinaryOperator<T> merge, Random random) {
    List<T> open = new ArrayList<>(leaves);
    Collections.shuffle(open, random);
    while (open.size() > 1) {
      T one = open.remove(random.nextInt(open.size()));
      int at = random.nextInt(open.size());
      T other = open.get(at);
      open.set(at, random.nextBoolean() ? merge.apply(one, other) : merge.apply(other, one));
    }
    return open.get(0);
  }
}
