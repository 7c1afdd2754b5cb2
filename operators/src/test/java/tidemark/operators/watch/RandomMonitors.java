package tidemark.operators.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TextPattern;

/** Monitors of all kinds over small values. */
final class RandomMonitors {
  private static final long[] WINDOWS_MS = {10_000L, 20_000L, 60_000L, 120_000L, 300_000L};

  private RandomMonitors() {}

  static Monitor next(Random random, String name, int version, long fromMs) {
    MetricType type = MetricType.values()[random.nextInt(3)];
    List<Monitor.Function> functions = new ArrayList<>();
    for (Monitor.Function function : Monitor.Function.values()) {
      if (function.isOf(type)) {
        functions.add(function);
      }
    }
    Monitor.Function function = functions.get(random.nextInt(functions.size()));
    long windowMs = WINDOWS_MS[random.nextInt(WINDOWS_MS.length)];
    long stepMs = 10_000L * (1 + random.nextInt((int) Math.min(6, windowMs / 10_000L)));
    return new Monitor(
        "acme",
        name,
        version,
        fromMs,
        new SeriesFilter(new TextPattern("*"), List.of()),
        type,
        new TreeSet<>(random.nextInt(4) == 0 ? Set.of() : Set.of("host")),
        new Monitor.Measure(function, parameter(random, function)),
        windowMs,
        stepMs,
        thresholds(random, function),
        Monitor.NoData.values()[random.nextInt(4)],
        random.nextBoolean() ? 0 : random.nextInt(200_000),
        windowMs + random.nextInt(200_000),
        1_000);
  }

  /** One that is grouped, may have three groups at most in a key group and soon forgets them. */
  static Monitor ofFewGroups(Random random, String name, int version, long fromMs) {
    Monitor any = next(random, name, version, fromMs);
    long windowMs = Math.min(any.windowMs(), 60_000L);
    return new Monitor(
        any.org(),
        name,
        version,
        fromMs,
        any.filter(),
        any.type(),
        new TreeSet<>(Set.of("host")),
        any.measure(),
        windowMs,
        Math.min(any.stepMs(), windowMs),
        any.thresholds(),
        any.noData(),
        any.newGroupDelayMs() / 4,
        windowMs + random.nextInt(40_000),
        1 + random.nextInt(3));
  }

  private static double parameter(Random random, Monitor.Function function) {
    return switch (function) {
      case PERCENTILE -> random.nextInt(5) / 4.0;
      case SHARE_ABOVE, SHARE_BELOW -> random.nextInt(5) - 1;
      default -> 0;
    };
  }

  private static Monitor.Thresholds thresholds(Random random, Monitor.Function function) {
    double alert =
        switch (function) {
          case COUNT -> 1 + random.nextInt(12);
          case SUM -> random.nextInt(20) - 4;
          case SHARE_ABOVE, SHARE_BELOW -> random.nextInt(5) / 4.0;
          default -> random.nextInt(8) - 1;
        };
    double unit = function == Monitor.Function.COUNT ? 1 : 0.5;
    Monitor.Side side = random.nextBoolean() ? Monitor.Side.ABOVE : Monitor.Side.BELOW;
    double back = side == Monitor.Side.ABOVE ? -unit : unit;
    OptionalDouble warn = maybe(random, alert + back);
    return new Monitor.Thresholds(
        side,
        alert,
        warn,
        maybe(random, alert + 2 * back),
        warn.isPresent() ? maybe(random, alert + 3 * back) : OptionalDouble.empty());
  }

  private static OptionalDouble maybe(Random random, double value) {
    return random.nextBoolean() ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}
