package tidemark.state;

/**
 * Deltas of a counter in a window.
 *
 * @param count points, at least 1
 * @param sum exact sum of the deltas
 */
public record CounterAggregate(long count, SumParts sum) implements Aggregate {

  public CounterAggregate {
    AggregateChecks.requireCount(count);
  }

  public static CounterAggregate of(double value) {
    return new CounterAggregate(1, SumParts.of(value));
  }

  @Override
  public MetricType type() {
    return MetricType.COUNTER;
  }

  @Override
  public CounterAggregate merge(Aggregate other) {
    if (!(other instanceof CounterAggregate that)) {
      throw AggregateChecks.otherType(this, other);
    }
    return new CounterAggregate(Math.addExact(count, that.count), sum.merge(that.sum));
  }
}
