package tidemark.gameday;

import java.util.List;

/**
 * What the comparison found.
 *
 * @param compared rows that must be stored
 * @param stored partial rows that are
 * @param missing rows that are not there
 * @param extra rows that should not be there
 * @param different rows with other numbers
 * @param badPercentiles percentiles off by more than the sketch may be
 * @param repeated checkpoints that were committed more than once
 * @param examples the first of each kind, for a person
 */
record Verdict(
    int compared,
    long stored,
    int missing,
    int extra,
    int different,
    int badPercentiles,
    List<String> repeated,
    List<String> examples) {

  boolean isGood() {
    return compared > 0
        && missing == 0
        && extra == 0
        && different == 0
        && badPercentiles == 0
        && repeated.isEmpty();
  }

  /** One line. */
  String text() {
    return "%s: %,d rows compared (%,d stored), %d missing, %d extra, %d different, %d percentiles off, %d checkpoints twice"
        .formatted(
            isGood() ? "GOOD" : "BAD",
            compared,
            stored,
            missing,
            extra,
            different,
            badPercentiles,
            repeated.size());
  }
}
