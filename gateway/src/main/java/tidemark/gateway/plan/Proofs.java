package tidemark.gateway.plan;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Of which rules it was found that they made all of a metric's coarser series, or not. What was
 * found holds as long as no series is added, so the numbers of series are a part of the claim.
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
   * @param series how many there are of each type, finer and coarser
   */
  record Claim(String org, String metric, String rule, long dayMs, long untilMs, String series) {}

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
