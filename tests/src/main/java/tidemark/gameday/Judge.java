package tidemark.gameday;

import com.datadoghq.sketch.ddsketch.DDSketch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Compares what is stored with what was sent, row for row, in both directions. */
final class Judge {
  private static final int EXAMPLES = 10;
  private static final double[] QUANTILES = {0.5, 0.9, 0.99};

  /** gamma = 2^(1/64) gives (gamma - 1) / (gamma + 1) = 0.5416 %, and rounding a little more. */
  private static final double SKETCH_ERROR = 0.005_42;

  private final Map<String, List<String>> examples = new TreeMap<>();

  private Judge() {}

  /** Reads the whole branch; the load must have ended. */
  static Verdict judge(SentRows sent, StoredTables tables, String branch) {
    return judge(sent, tables.rows(branch), tables.commits(branch), key -> true);
  }

  /**
   * Compares some of the rows that were read.
   *
   * @param commits of the branch that they were read from
   * @param isJudged which rows; others need not be there, and may
   */
  static Verdict judge(
      SentRows sent, StoredTables.Rows stored, List<Commit> commits, Predicate<RowKey> isJudged) {
    return new Judge().compare(sent, stored, commits, isJudged);
  }

  private Verdict compare(
      SentRows sent, StoredTables.Rows all, List<Commit> commits, Predicate<RowKey> isJudged) {
    StoredTables.Rows stored = all.only(isJudged);
    Map<RowKey, RowValue> wanted = sent.all();
    wanted.keySet().removeIf(isJudged.negate());
    int missing = 0;
    int different = 0;
    for (Map.Entry<RowKey, RowValue> entry : wanted.entrySet()) {
      RowValue found = stored.values().get(entry.getKey());
      if (found == null) {
        missing++;
        example("missing", "%s: %s".formatted(entry.getKey(), entry.getValue()));
      } else if (!found.equals(entry.getValue())) {
        different++;
        example(
            "different",
            "%s:%n      wanted %s%n      found  %s"
                .formatted(entry.getKey(), entry.getValue(), found));
      }
    }
    int extra = 0;
    for (Map.Entry<RowKey, RowValue> entry : stored.values().entrySet()) {
      if (!wanted.containsKey(entry.getKey())) {
        extra++;
        example("extra", "%s: %s".formatted(entry.getKey(), entry.getValue()));
      }
    }
    int badPercentiles = badPercentiles(sent, stored.sketches(), isJudged);
    return new Verdict(
        wanted.size(),
        stored.stored(),
        missing,
        extra,
        different,
        badPercentiles,
        repeated(commits),
        examples.values().stream().flatMap(List::stream).toList());
  }

  private void example(String kind, String text) {
    List<String> texts = examples.computeIfAbsent(kind, absent -> new ArrayList<>());
    if (texts.size() < EXAMPLES) {
      texts.add(kind + " " + text);
    }
  }

  /** Against the value that stands at that rank among all single values. */
  private int badPercentiles(
      SentRows sent, Map<RowKey, DDSketch> sketches, Predicate<RowKey> isJudged) {
    int bad = 0;
    for (int tier : SentRows.TIERS) {
      for (Map.Entry<RowKey, double[]> entry : sent.valuesOfDistributions(tier).entrySet()) {
        DDSketch sketch = sketches.get(entry.getKey());
        if (sketch == null || !isJudged.test(entry.getKey())) {
          continue; // a missing row, counted as one; or another's to judge
        }
        double[] values = entry.getValue();
        if (sketch.getCount() != values.length) {
          bad++;
          example(
              "percentile",
              "%s: sketch of %s values, wanted %d"
                  .formatted(entry.getKey(), sketch.getCount(), values.length));
          continue;
        }
        for (double q : QUANTILES) {
          double exact = values[(int) (q * (values.length - 1))];
          double found = sketch.getValueAtQuantile(q);
          if (Math.abs(found - exact) > SKETCH_ERROR * Math.abs(exact)) {
            bad++;
            example(
                "percentile",
                "%s: p%s wanted %s, found %s".formatted(entry.getKey(), q * 100, exact, found));
          }
        }
      }
    }
    return bad;
  }

  private List<String> repeated(List<Commit> commits) {
    Set<String> seen = new HashSet<>();
    List<String> repeated =
        commits.stream()
            .filter(commit -> commit.isEpoch() && commit.addsFiles())
            .map(Commit::identity)
            .filter(identity -> !seen.add(identity))
            .toList();
    repeated.forEach(identity -> example("committed twice", identity));
    return repeated;
  }
}
