package tidemark.cli.definition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in a file: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 7d}, or 0. */
public final class DurationText {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)|0");

  private DurationText() {}

  public static long ms(String field, JsonNode node) {
    Matcher matcher = TEXT.matcher(node.asText());
    if (!node.isValueNode() || !matcher.matches()) {
      throw new IllegalArgumentException(
          "field '%s' must be a duration such as 10s, 5m or 24h, got %s".formatted(field, node));
    }
    if (matcher.group(1) == null) {
      return 0;
    }
    long unitMs =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 86_400_000;
        };
    return Long.parseLong(matcher.group(1)) * unitMs;
  }
}
