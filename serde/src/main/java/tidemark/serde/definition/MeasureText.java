package tidemark.serde.definition;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Measure;

/** A measure as people write it: {@code avg}, {@code percentile(0.99)}. */
public final class MeasureText {
  private static final Pattern TEXT =
      Pattern.compile(
          "([a-z_]{1,20})(?:\\((-?\\d{1,400}(?:\\.\\d{1,400})?(?:[eE]-?\\d{1,3})?)\\))?");

  private MeasureText() {}

  public static String of(Measure measure) {
    String name = MonitorFields.label(measure.function());
    return hasParameter(measure.function())
        ? name + "(" + shortest(measure.parameter()) + ")"
        : name;
  }

  /**
   * @throws IllegalArgumentException if it is none
   */
  static Measure parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      for (Function function : Function.values()) {
        boolean isGiven = matcher.group(2) != null;
        if (MonitorFields.label(function).equals(matcher.group(1))
            && hasParameter(function) == isGiven) {
          return new Measure(function, isGiven ? Double.parseDouble(matcher.group(2)) : 0);
        }
      }
    }
    throw new IllegalArgumentException(
        "a measure must be one of %s, those with a number as in percentile(0.99), got '%s'"
            .formatted(
                Arrays.stream(Function.values())
                    .map(each -> MonitorFields.label(each) + (hasParameter(each) ? "(x)" : ""))
                    .toList(),
                text));
  }

  /** 250 and not 250.0; read back, both are the same bits. */
  private static String shortest(double number) {
    String text = Double.toString(number);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private static boolean hasParameter(Function function) {
    return switch (function) {
      case PERCENTILE, SHARE_ABOVE, SHARE_BELOW -> true;
      case COUNT, SUM, AVG, MIN, MAX, LAST -> false;
    };
  }
}
