package tidemark.state.selection;

import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Some shards, written as {@code 0-31,64}.
 *
 * @param numbers at least one, each 0 to {@link ShardMap#MAX_SHARD}
 */
public record ShardNumbers(SortedSet<Integer> numbers) implements Serializable {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

  public ShardNumbers {
    numbers = Collections.unmodifiableSortedSet(new TreeSet<>(numbers));
    if (numbers.isEmpty() || numbers.first() < 0 || numbers.last() > ShardMap.MAX_SHARD) {
      throw new IllegalArgumentException(
          "shards must be at least one number of 0 to %d, got %s"
              .formatted(ShardMap.MAX_SHARD, numbers));
    }
  }

  /**
   * @param text numbers and ranges of them, both ends included, separated by commas
   * @param option how messages name the text
   */
  public static ShardNumbers parse(String text, String option) {
    SortedSet<Integer> numbers = new TreeSet<>();
    for (String part : text.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
      int last =
          range.matches() && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
      if (!range.matches() || last < first) {
        throw new IllegalArgumentException(
            "%s must be shards and ranges of 0 to %d such as 0-31,64, got '%s'"
                .formatted(option, ShardMap.MAX_SHARD, text));
      }
      for (int number = first; number <= last; number++) {
        numbers.add(number);
      }
    }
    return new ShardNumbers(numbers);
  }

  /** All shards among which a map spreads orgs that were never moved. */
  public static ShardNumbers upTo(int shards) {
    return parse("0-" + (shards - 1), "shards");
  }

  public boolean containsAll(Collection<Integer> others) {
    return numbers.containsAll(others);
  }

  public boolean isDisjoint(ShardNumbers other) {
    return Collections.disjoint(numbers, other.numbers);
  }

  /** As it is written, with ranges as long as they can be. */
  public String text() {
    StringBuilder text = new StringBuilder();
    int first = numbers.first();
    int last = first;
    for (int number : numbers.tailSet(first + 1)) {
      if (number > last + 1) {
        append(text, first, last);
        first = number;
      }
      last = number;
    }
    return append(text, first, last).toString();
  }

  private static StringBuilder append(StringBuilder text, int first, int last) {
    text.append(text.isEmpty() ? "" : ",").append(first);
    return last > first ? text.append('-').append(last) : text;
  }

  @Override
  public String toString() {
    return text();
  }
}
