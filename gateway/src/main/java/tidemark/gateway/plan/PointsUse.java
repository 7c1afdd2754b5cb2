package tidemark.gateway.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What a statement asks of points.
 *
 * @param fromMs windows that start before it are not asked for
 * @param toMs nor are those that start at or after it
 * @param metrics the only ones asked for; empty if any
 * @param seriesConditions further conditions that every row meets and that only tell series apart
 * @param isMergeable whether several partial rows of a window give the same answer as their merge
 * @param isTierFree whether windows of any tier that divides the step give the same answer
 * @param stepSeconds what windows are put together to, 0 for all of them; of use if tier-free
 * @param resolution asked for by the statement, in seconds
 * @param named what it names of them; empty if that cannot be told
 * @param tags keys of the tags that tell it series of one metric apart; empty if anything else does
 */
record PointsUse(
    long fromMs,
    long toMs,
    Optional<List<String>> metrics,
    List<JsonNode> seriesConditions,
    boolean isMergeable,
    boolean isTierFree,
    long stepSeconds,
    OptionalInt resolution,
    Optional<NamedColumns> named,
    Optional<Set<String>> tags) {

  /** Anything may be asked. */
  static final PointsUse ANY =
      new PointsUse(
          Long.MIN_VALUE,
          Long.MAX_VALUE,
          Optional.empty(),
          List.of(),
          false,
          false,
          0,
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty());

  PointsUse {
    seriesConditions = List.copyOf(seriesConditions);
  }
}
