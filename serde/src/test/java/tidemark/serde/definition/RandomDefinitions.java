package tidemark.serde.definition;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Measure;
import tidemark.state.definition.Monitor.NoData;
import tidemark.state.definition.Monitor.Side;
import tidemark.state.definition.Monitor.Thresholds;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;

/** Definitions of every shape, the same for the same seed. */
final class RandomDefinitions {
  private static final List<String> TEXTS =
      List.of(
          "a", "!", "!a", "\\", "\\!a", "*", "b*c", "\"q\"", "\n", "\u00e9", "\ud83d\ude00", "/");

  private final Random random;

  RandomDefinitions(long seed) {
    random = new Random(seed);
  }

  Definition next() {
    String org = pick(TEXTS);
    String name = "n" + random.nextInt(20);
    int version = 1 + random.nextInt(Integer.MAX_VALUE);
    long fromMs = (random.nextLong() >>> (1 + random.nextInt(63))) % 253_402_300_800_001L;
    return switch (random.nextInt(3)) {
      case 0 -> new Removal(pick(Definition.Kind.values()), org, name, version, fromMs);
      case 1 -> rule(org, name, version, fromMs);
      default -> monitor(org, name, version, fromMs);
    };
  }

  AggregationRule rule(String org, String name, int version, long fromMs) {
    Set<MetricType> types = EnumSet.of(pick(MetricType.values()));
    types.add(pick(MetricType.values()));
    return new AggregationRule(
        org,
        name,
        version,
        fromMs,
        filter(),
        pick(TagChoice.values()),
        texts(),
        types,
        new TreeSet<>(List.of(pick(10, 60, 3600))),
        random.nextBoolean(),
        1 + random.nextInt(1_000_000));
  }

  Monitor monitor(String org, String name, int version, long fromMs) {
    Function function = pick(Function.values());
    MetricType type = pick(MetricType.values());
    while (!function.isOf(type)) {
      type = pick(MetricType.values());
    }
    double parameter =
        switch (function) {
          case PERCENTILE -> random.nextDouble();
          case SHARE_ABOVE, SHARE_BELOW -> number();
          default -> 0;
        };
    long stepMs = 10_000L * (1 + random.nextInt(100));
    long windowMs = stepMs * (1 + random.nextInt(80));
    return new Monitor(
        org,
        name,
        version,
        fromMs,
        filter(),
        type,
        texts(),
        new Measure(function, parameter),
        windowMs,
        stepMs,
        thresholds(),
        pick(NoData.values()),
        random.nextInt(100_000),
        windowMs + random.nextInt(100_000),
        1 + random.nextInt(1_000_000));
  }

  private Thresholds thresholds() {
    double alert = number();
    OptionalDouble warn = maybe(Math.nextDown(alert));
    return new Thresholds(
        Side.ABOVE,
        alert,
        warn,
        maybe(alert),
        warn.isPresent() ? maybe(alert - Math.abs(alert) / 2 - 1e-300) : OptionalDouble.empty());
  }

  private OptionalDouble maybe(double number) {
    return random.nextBoolean() && Double.isFinite(number)
        ? OptionalDouble.of(number)
        : OptionalDouble.empty();
  }

  private double number() {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(1000);
      case 1 -> -random.nextDouble();
      case 2 -> random.nextDouble() * 1e200;
      default -> random.nextDouble() * 1e-200;
    };
  }

  /** Conditions in the order of the format: by key, then by how they are written, each once. */
  private SeriesFilter filter() {
    TreeMap<String, TagCondition> where = new TreeMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      String key = pick("env", "k.1", "\u00e9");
      String value = pick(TEXTS);
      boolean isNegated = random.nextBoolean();
      String written =
          isNegated ? "!" + value : value.matches("[!\\\\][\\s\\S]*") ? "\\" + value : value;
      where.put(key + "\0" + written, new TagCondition(key, new TextPattern(value), isNegated));
    }
    return new SeriesFilter(new TextPattern(pick(TEXTS)), new ArrayList<>(where.values()));
  }

  private SortedSet<String> texts() {
    SortedSet<String> texts = new TreeSet<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      texts.add(pick(TEXTS));
    }
    return texts;
  }

  private <T> T pick(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private <T> T pick(T... some) {
    return some[random.nextInt(some.length)];
  }
}
