package tidemark.gateway.query;

import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import tidemark.gateway.hot.HotRows;

/**
 * The logical tables that show what the gateway knows at the moment, whatever version of the stored
 * tables a statement reads: answers that come from one of them are not kept.
 */
final class LiveViews {
  static final String FRESHNESS = "freshness";
  static final String RULES = "rules";
  static final String MONITORS = "monitors";
  static final String VERDICTS = "verdicts";
  static final String ALERTS = "alerts";

  private static final Set<String> NAMES = Set.of(FRESHNESS, RULES, MONITORS, VERDICTS, ALERTS);

  private LiveViews() {}

  /** Whether a statement reads one. */
  static boolean areAmong(Set<String> relations) {
    return !Collections.disjoint(relations, NAMES);
  }

  /** Makes those that a statement reads, for the session's org. */
  static void make(
      Lane lane, Set<String> relations, QuerySession session, Pins.Pin pin, HotRows.Counts counts)
      throws SQLException {
    QueryGateway gateway = session.gateway();
    String org = session.org();
    if (relations.contains(FRESHNESS)) {
      Engine.execute(
          lane.connection(), Freshness.view(pin, counts, gateway.feedLag(), gateway.intake()));
    }
    if (relations.contains(RULES)) {
      Engine.execute(lane.connection(), RulesTable.view(org, gateway.rules().of(org)));
    }
    if (relations.contains(MONITORS)) {
      Engine.execute(lane.connection(), MonitorsTable.view(org, gateway.rules().monitorsOf(org)));
    }
    if (relations.contains(VERDICTS)) {
      Engine.execute(lane.connection(), VerdictTables.verdicts(org));
    }
    if (relations.contains(ALERTS)) {
      Engine.execute(lane.connection(), VerdictTables.alerts(org));
    }
  }
}
