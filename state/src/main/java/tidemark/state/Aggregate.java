package tidemark.state;

/**
 * What the points of one series in one window come to: the reference that every faster form of it
 * (tables, rows, SQL) must agree with, bit for bit.
 *
 * <p>A commutative semigroup per type: {@code a.merge(b)} equals {@code b.merge(a)}, and any
 * grouping of any order of the same points gives equal aggregates. Immutable; allocates per merge,
 * so it is for readers and tests and not for the path of every point.
 */
public sealed interface Aggregate permits CounterAggregate, GaugeAggregate, DistributionAggregate {

  /** The aggregate of one point. */
  static Aggregate of(MetricType type, long timestampMs, double value) {
    return switch (type) {
      case COUNTER -> CounterAggregate.of(value);
      case GAUGE -> GaugeAggregate.of(timestampMs, value);
      case DISTRIBUTION -> DistributionAggregate.of(value);
    };
  }

  MetricType type();

  /** Points that it stands for, at least 1. */
  long count();

  /** Exact sum of the points' values. */
  SumParts sum();

  /**
   * This and the other together.
   *
   * @throws IllegalArgumentException if the other is of another type
   */
  Aggregate merge(Aggregate other);

  /** Average of the points' values: the correctly rounded sum over the count. */
  default double average() {
    return sum().sum() / count();
  }
}
