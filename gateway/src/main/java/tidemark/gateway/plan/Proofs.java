package tidemark.gateway.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Of which rules it was found that they made all of a metric's coarser series, or not. What was
 * found holds as long as nothing else is known of these series, so the number of changes is a part
 * of the claim.
 *
 * <p>Thread-safe. Bound: {@value #MAX} claims, the oldest go first.
 */
public final class Proofs {
  private static final int MAX = 10_000;

  private final Map<Claim, Boolean> found = new LinkedHashMap<>();

  /**
   * What is claimed.
   *
   * @param rule name and version
   * @param dayMs series that were seen on that day or later count
   * @param untilMs and before this
   * @param changes of what is known of finer and coarser ones, which only grow
   */
  record Claim(String org, String metric, String rule, long dayMs, long untilMs, long changes) {}

  synchronized Optional<Boolean> find(Claim claim) {
    return Optional.ofNullable(found.get(claim));
  }

  synchronized void keep(Claim claim, boolean isTrue) {
    if (found.size() >= MAX) {
      found.remove(found.keySet().iterator().next());
    }
    found.put(claim, isTrue);
  }
}
