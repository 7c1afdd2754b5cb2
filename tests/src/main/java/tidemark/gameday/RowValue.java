package tidemark.gameday;

import java.math.BigDecimal;
import java.util.Objects;

/**
 * The numbers of a row that must be equal to the last bit.
 *
 * <p>Of a counter only count and sum are; of a distribution not the last value. What does not apply
 * is 0 on both sides.
 *
 * @param sum exact
 * @param lastMs epoch milliseconds of the last value
 */
record RowValue(long count, BigDecimal sum, double min, double max, double last, long lastMs) {
  RowValue {
    sum = sum.signum() == 0 ? BigDecimal.ZERO : sum.stripTrailingZeros();
  }

  /** Both together; of two last values the later one counts, of equally late ones the larger. */
  RowValue plus(RowValue other) {
    boolean isOtherLast = other.lastMs > lastMs || (other.lastMs == lastMs && other.last > last);
    return new RowValue(
        count + other.count,
        sum.add(other.sum),
        Math.min(min, other.min),
        Math.max(max, other.max),
        isOtherLast ? other.last : last,
        isOtherLast ? other.lastMs : lastMs);
  }

  /** -0.0 is stored as 0.0, so they are the same here. */
  @Override
  public boolean equals(Object object) {
    return object instanceof RowValue other
        && count == other.count
        && sum.equals(other.sum)
        && min == other.min
        && max == other.max
        && last == other.last
        && lastMs == other.lastMs;
  }

  @Override
  public int hashCode() {
    return Objects.hash(count, sum, lastMs);
  }
}
