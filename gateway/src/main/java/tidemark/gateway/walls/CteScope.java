package tidemark.gateway.walls;

import java.util.HashMap;
import java.util.Map;

/**
 * The common table expressions that a place in a tree may name: those of the queries around it, and
 * of its own WITH those before it. Immutable.
 */
final class CteScope {
  static final CteScope NONE = new CteScope(Map.of());

  private final Map<String, Long> costs;

  private CteScope(Map<String, Long> costs) {
    this.costs = costs;
  }

  /**
   * The same, and one more, which hides an outer one of its name.
   *
   * @param cost relations that it names, those of other CTEs included
   */
  CteScope with(String lowerCaseName, long cost) {
    Map<String, Long> more = new HashMap<>(costs);
    more.put(lowerCaseName, cost);
    return new CteScope(more);
  }

  boolean has(String lowerCaseName) {
    return costs.containsKey(lowerCaseName);
  }

  long cost(String lowerCaseName) {
    return costs.get(lowerCaseName);
  }
}
