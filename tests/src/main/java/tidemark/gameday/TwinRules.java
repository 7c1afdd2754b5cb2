package tidemark.gameday;

import com.datadoghq.sketch.ddsketch.DDSketch;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Two rules that say the same, one from before the load and one added later: their rows of windows
 * from the second one's start on must be equal, row by row.
 */
final class TwinRules {
  static final String FIRST = "twin-first";
  static final String LATER = "twin-later";
  static final String UNEQUAL = "rows of a later rule that differ from those of the first";
  private static final String[] ORGS = {"org-0", "org-1", "org-2"};
  private static final double[] QUANTILES = {0, 0.25, 0.5, 0.75, 1};

  private TwinRules() {}

  /** A file with a rule of that name for each org. */
  static String yaml(String name) {
    StringBuilder yaml = new StringBuilder("rules:\n");
    for (String org : ORGS) {
      yaml.append(
          "- {org: %s, name: %s, metric: \"gameday.*\", keep: [zone]}%n".formatted(org, name));
    }
    return yaml.toString();
  }

  /** Compares them, and returns how many rows there were of the later one. */
  static long compare(StoredTables.Rows stored, long laterFromMs, Findings findings) {
    Map<RowKey, RowKey> first = rowsOf(stored, FIRST, laterFromMs);
    Map<RowKey, RowKey> later = rowsOf(stored, LATER, laterFromMs);
    first.forEach(
        (plain, key) -> {
          RowKey other = later.get(plain);
          if (other == null || !areEqual(stored, key, other)) {
            findings.fault(UNEQUAL, "%s: %s".formatted(key, stored.values().get(key)));
          }
        });
    later.forEach(
        (plain, key) -> {
          if (!first.containsKey(plain)) {
            findings.fault(UNEQUAL, "only of the later one: " + key);
          }
        });
    return later.size();
  }

  /** Rows of a rule, by the key that they would have without its name. */
  private static Map<RowKey, RowKey> rowsOf(StoredTables.Rows stored, String rule, long fromMs) {
    Map<RowKey, RowKey> rows = new HashMap<>();
    for (RowKey key : stored.values().keySet()) {
      if (key.metric().endsWith("@" + rule) && key.startMs() >= fromMs) {
        String metric = key.metric().substring(0, key.metric().indexOf('@'));
        rows.put(
            new RowKey(key.tier(), key.org(), metric, key.type(), key.tags(), key.startMs()), key);
      }
    }
    return rows;
  }

  private static boolean areEqual(StoredTables.Rows stored, RowKey a, RowKey b) {
    if (!Objects.equals(stored.values().get(a), stored.values().get(b))) {
      return false;
    }
    DDSketch one = stored.sketches().get(a);
    DDSketch other = stored.sketches().get(b);
    if (one == null || other == null) {
      return one == null && other == null;
    }
    for (double quantile : QUANTILES) {
      if (one.getValueAtQuantile(quantile) != other.getValueAtQuantile(quantile)) {
        return false;
      }
    }
    return one.getCount() == other.getCount();
  }
}
