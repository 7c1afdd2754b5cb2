package tidemark.gameday;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;

/** Which series a definition takes, and what is left of their tags, as the documents have it. */
final class Matching {
  private Matching() {}

  /** {@code *} stands for any characters. */
  static boolean matches(String pattern, String text) {
    String regex =
        Arrays.stream(pattern.split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return Pattern.compile(regex, Pattern.DOTALL).matcher(text).matches();
  }

  static boolean takes(SeriesFilter filter, Series series) {
    boolean takes = matches(filter.metric().text(), series.metric());
    for (TagCondition condition : filter.where()) {
      boolean isMet =
          series.tags().stream()
              .filter(tag -> key(tag).equals(condition.key()))
              .anyMatch(tag -> matches(condition.value().text(), value(tag)));
      takes &= isMet != condition.isNegated();
    }
    return takes;
  }

  /** The tags whose keys are kept, in their order. */
  static List<String> tagsWith(Series series, Predicate<String> isKeptKey) {
    List<String> left = new ArrayList<>(series.tags());
    left.removeIf(tag -> !isKeptKey.test(key(tag)));
    return left;
  }

  private static String key(String tag) {
    return tag.substring(0, tag.indexOf(':'));
  }

  private static String value(String tag) {
    return tag.substring(tag.indexOf(':') + 1);
  }
}
