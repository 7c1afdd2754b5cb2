package tidemark.gameday;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * What a reader must be told at each epoch, from the points alone: of the records below the epoch's
 * offsets, those points whose window ended at or before its watermark.
 *
 * <p>Goes forward only: whoever asks for an epoch after a later one gets what the later one has.
 * Keeps one row for each series and window of every tier. Not thread-safe.
 */
final class EpochAnswers {
  private final SentRecords records;
  private final Map<RowKey, Row> rows = new HashMap<>();

  /** One org in one tier. */
  record Part(int tier, String org) {}

  /**
   * All rows of a part.
   *
   * @param count points
   * @param sum of the rows' sums, each of them rounded once, and then all of it
   */
  record Answer(long count, double sum) {}

  private record Row(RowValue value, BigDecimal roundedSum) {
    static Row of(RowValue value) {
      return new Row(value, new BigDecimal(value.sum().doubleValue()));
    }
  }

  private static final class Total {
    private long count;
    private BigDecimal sum = BigDecimal.ZERO;
  }

  EpochAnswers(SentRecords records) {
    this.records = records;
  }

  /**
   * The answers at an epoch; parts without any row have none.
   *
   * @param nextOffsets of each partition, the first that the epoch does not cover
   */
  Map<Part, Answer> at(Map<Integer, Long> nextOffsets, long watermarkMs) {
    nextOffsets.forEach((partition, next) -> records.takeBelow(partition, next).forEach(this::add));
    Map<Part, Total> totals = new HashMap<>();
    rows.forEach(
        (key, row) -> {
          if (key.startMs() + key.tier() * 1000L - 1 <= watermarkMs) {
            Total total =
                totals.computeIfAbsent(new Part(key.tier(), key.org()), absent -> new Total());
            total.count += row.value().count();
            total.sum = total.sum.add(row.roundedSum());
          }
        });
    Map<Part, Answer> answers = new HashMap<>();
    totals.forEach(
        (part, total) -> answers.put(part, new Answer(total.count, total.sum.doubleValue())));
    return answers;
  }

  private void add(SentRows record) {
    record
        .all()
        .forEach(
            (key, value) -> {
              Row before = rows.get(key);
              rows.put(key, Row.of(before == null ? value : before.value().plus(value)));
            });
  }
}
