package tidemark.gameday;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;

/**
 * When each version of a rule or monitor counts, by the words of {@code docs/rules.md} alone: from
 * the time that it names, at the earliest from the next full 10 s after the broker has it, until
 * the next version of its name; and one that would begin before or with an earlier one of its name
 * replaces it.
 */
final class Timeline {
  private static final long STEP_MS = 10_000;

  /**
   * A record of the control topic.
   *
   * @param brokerMs when the broker appended it
   */
  record Written(Definition definition, long brokerMs) {
    long effectiveMs() {
      return Math.max(definition.fromMs(), (brokerMs / STEP_MS + 1) * STEP_MS);
    }
  }

  /**
   * A rule or monitor in force for windows that start at or after one time and before another.
   *
   * @param untilMs exclusive; {@link Long#MAX_VALUE} for none
   */
  record Span<D extends Definition>(D definition, long fromMs, long untilMs) {
    boolean isInForce(long windowStartMs) {
      return fromMs <= windowStartMs && windowStartMs < untilMs;
    }
  }

  private record Name(String kind, String org, String name) {}

  private record Start(Definition definition, long fromMs) {}

  private final List<Span<AggregationRule>> rules = new ArrayList<>();
  private final List<Span<Monitor>> monitors = new ArrayList<>();

  /**
   * @param written in the order of the topic
   */
  Timeline(List<Written> written) {
    Map<Name, List<Start>> starts =
        new TreeMap<>(
            Comparator.comparing(Name::kind).thenComparing(Name::org).thenComparing(Name::name));
    for (Written each : written) {
      Definition definition = each.definition();
      List<Start> ofName =
          starts.computeIfAbsent(
              new Name(definition.kind().label(), definition.org(), definition.name()),
              name -> new ArrayList<>());
      ofName.removeIf(earlier -> earlier.fromMs() >= each.effectiveMs());
      ofName.add(new Start(definition, each.effectiveMs()));
    }
    for (List<Start> ofName : starts.values()) {
      for (int i = 0; i < ofName.size(); i++) {
        long untilMs = i + 1 < ofName.size() ? ofName.get(i + 1).fromMs() : Long.MAX_VALUE;
        add(ofName.get(i).definition(), ofName.get(i).fromMs(), untilMs);
      }
    }
  }

  private void add(Definition definition, long fromMs, long untilMs) {
    if (definition instanceof AggregationRule rule) {
      rules.add(new Span<>(rule, fromMs, untilMs));
    } else if (definition instanceof Monitor monitor) {
      monitors.add(new Span<>(monitor, fromMs, untilMs));
    }
  }

  List<Span<AggregationRule>> rules() {
    return rules;
  }

  List<Span<Monitor>> monitors() {
    return monitors;
  }
}
