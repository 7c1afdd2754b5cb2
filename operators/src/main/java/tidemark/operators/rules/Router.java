package tidemark.operators.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;

/**
 * Finds out where a series goes, by all definitions that are known.
 *
 * <p>Costs a look at each definition of the org for a metric seen first, and at each of those that
 * take the metric for a series seen first. What is new for one org costs the others nothing.
 * Memory: the coarser series that were found since {@link #forgetTargets}, about 300 bytes each.
 * Not thread-safe.
 */
final class Router {
  private final MetricNames names;
  private final Set<String> orgs = new TreeSet<>();
  private final Map<SeriesIdentity, CoarserTarget> targets = new HashMap<>();

  // by number of the name: those of its org that take the metric; null where nobody has asked yet
  private final List<List<Definition>> byName = new ArrayList<>();
  private DefinitionSet definitions = DefinitionSet.empty();

  Router(MetricNames names) {
    this.names = names;
  }

  /**
   * Takes over what is known from now on.
   *
   * @return numbers of the names of which routes that were found before must not be used any more:
   *     those of orgs with other definitions than before
   */
  BitSet learn(DefinitionSet newest) {
    Set<String> changed = definitions.orgsThatDiffer(newest);
    definitions = newest;
    orgs.clear();
    definitions.all().forEach(definition -> orgs.add(definition.org()));
    targets.keySet().removeIf(series -> changed.contains(series.org()));
    BitSet forgotten = new BitSet();
    for (int name = 0; name < byName.size(); name++) {
      if (changed.contains(new String(names.name(name).org(), UTF_8))) {
        byName.set(name, null);
        forgotten.set(name);
      }
    }
    return forgotten;
  }

  /** Coarser series that it has found. */
  int targets() {
    return targets.size();
  }

  /** Forgets them: routes that were found before must not be used any more. */
  void forgetTargets() {
    targets.clear();
  }

  /** Whether nothing goes anywhere. */
  boolean isEmpty() {
    return orgs.isEmpty();
  }

  /** Whether series of that metric may go somewhere. */
  boolean takesName(int name) {
    return !ofName(name).isEmpty();
  }

  private List<Definition> ofName(int name) {
    while (byName.size() <= name) {
      byName.add(null);
    }
    List<Definition> found = byName.get(name);
    if (found == null) {
      found = find(names.name(name));
      byName.set(name, found);
    }
    return found;
  }

  private List<Definition> find(MetricNames.Name name) {
    String org = new String(name.org(), UTF_8);
    if (!orgs.contains(org)) {
      return List.of();
    }
    String metric = new String(name.metric(), UTF_8);
    List<Definition> found = new ArrayList<>();
    for (AggregationRule rule : definitions.rulesOf(org)) {
      if (rule.filter().takesMetric(metric)) {
        found.add(rule);
      }
    }
    for (Monitor monitor : definitions.monitorsOf(org)) {
      if (monitor.filter().takesMetric(metric)) {
        found.add(monitor);
      }
    }
    return found;
  }

  /**
   * Where a series goes.
   *
   * @param name any number of its org and metric
   */
  Route[] routes(SeriesIdentity series, int name) {
    List<Route> routes = new ArrayList<>();
    for (Definition definition : ofName(name)) {
      int types = types(definition, series);
      if (types != 0) {
        routes.add(
            new Route(
                definition.fromMs(),
                definitions.inForceUntilMs(definition),
                types,
                target(coarser(definition, series)),
                definition instanceof AggregationRule rule && rule.dropsFiner()));
      }
    }
    return routes.isEmpty() ? Route.NONE : routes.toArray(Route[]::new);
  }

  private static int types(Definition definition, SeriesIdentity series) {
    return Arrays.stream(MetricType.values())
        .filter(type -> takes(definition, series, type))
        .mapToInt(type -> 1 << type.code())
        .sum();
  }

  private static boolean takes(Definition definition, SeriesIdentity series, MetricType type) {
    return definition instanceof AggregationRule rule
        ? rule.takes(series, type)
        : definition instanceof Monitor monitor && monitor.takes(series, type);
  }

  private static SeriesIdentity coarser(Definition definition, SeriesIdentity series) {
    return definition instanceof AggregationRule rule
        ? rule.coarser(series)
        : ((Monitor) definition).gathered(series);
  }

  private CoarserTarget target(SeriesIdentity identity) {
    return targets.computeIfAbsent(identity, key -> new CoarserTarget(key, names));
  }
}
