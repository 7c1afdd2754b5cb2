package tidemark.gameday;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tidemark.state.definition.AggregationRule;

/**
 * What must be stored of a live load: its points, but those that a rule wants dropped, and once
 * more for each coarser series that a rule in force at the start of their 10 s made of theirs.
 */
final class WantedRows {
  private static final long FINEST_MS = 10_000;
  private static final char MARK = '@';

  /** One coarser series of one finer one, while a version of a rule is in force. */
  private record Route(Timeline.Span<AggregationRule> span, Series coarser) {}

  private final SentRows rows = new SentRows();
  private final Map<String, Set<Integer>> tiersOfRule = new HashMap<>();
  private long dropped;

  WantedRows(PointLog points, Timeline timeline) {
    timeline
        .rules()
        .forEach(
            span ->
                tiersOfRule
                    .computeIfAbsent(span.definition().name(), name -> new HashSet<>())
                    .addAll(span.definition().tiers()));
    List<List<Route>> routes = new ArrayList<>();
    for (Series one : points.series()) {
      routes.add(routes(one, timeline));
    }
    for (int point = 0; point < points.size(); point++) {
      int number = points.seriesOf(point);
      add(points, point, points.series().get(number), routes.get(number));
    }
    rows.leaveOut(key -> !isStored(key));
  }

  private static List<Route> routes(Series one, Timeline timeline) {
    List<Route> routes = new ArrayList<>();
    for (Timeline.Span<AggregationRule> span : timeline.rules()) {
      AggregationRule rule = span.definition();
      if (rule.org().equals(one.org())
          && rule.types().contains(one.type())
          && Matching.takes(rule.filter(), one)) {
        boolean keeps = rule.choice() == AggregationRule.TagChoice.KEEP;
        List<String> tags = Matching.tagsWith(one, key -> rule.tagKeys().contains(key) == keeps);
        String metric = one.metric() + MARK + rule.name();
        routes.add(
            new Route(
                span, new Series(one.org(), one.type(), metric, tags, String.join(",", tags))));
      }
    }
    return routes;
  }

  private void add(PointLog points, int point, Series one, List<Route> routes) {
    long timeMs = points.timeMs(point);
    long windowMs = Math.floorDiv(timeMs, FINEST_MS) * FINEST_MS;
    boolean isDropped = false;
    for (Route route : routes) {
      if (route.span().isInForce(windowMs)) {
        rows.add(route.coarser(), timeMs, points.value(point));
        isDropped |= route.span().definition().dropsFiner();
      }
    }
    if (isDropped) {
      dropped++;
    } else {
      rows.add(one, timeMs, points.value(point));
    }
  }

  /** Points that are in coarser rows only. */
  long dropped() {
    return dropped;
  }

  SentRows rows() {
    return rows;
  }

  /** Whether a row is one of a series that a rule has made. */
  static boolean isCoarser(RowKey key) {
    return key.metric().indexOf(MARK) >= 0;
  }

  /** Whether rows of that series are stored in that tier; a rule may leave some out. */
  private boolean isStored(RowKey key) {
    return !isCoarser(key)
        || tiersOfRule
            .getOrDefault(key.metric().substring(key.metric().indexOf(MARK) + 1), Set.of())
            .contains(key.tier());
  }
}
