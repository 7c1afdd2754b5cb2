package tidemark.state;

/** Checks that the aggregates share. */
final class AggregateChecks {
  private AggregateChecks() {}

  static void requireCount(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, got " + count);
    }
  }

  /** Written so that NaN fails it. */
  static void requireOrdered(double min, double max) {
    if (!(-ExactSum.MAX_VALUE <= min && min <= max && max <= ExactSum.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "min must be at most max and both within 2^960, got min=%s max=%s".formatted(min, max));
    }
  }

  static IllegalArgumentException otherType(Aggregate one, Aggregate other) {
    return new IllegalArgumentException(
        "only aggregates of one type merge, got %s and %s"
            .formatted(one.type().label(), other.type().label()));
  }
}
