package tidemark.operators.rules;

import tidemark.state.MetricType;

/**
 * Where a finer series goes by one version of one definition.
 *
 * @param fromMs first window start for which it does
 * @param untilMs first one for which it does not any more
 * @param types a bit for the code of each type that goes
 * @param target the series that it goes into
 * @param dropsFiner whether its own rows are not stored
 */
record Route(long fromMs, long untilMs, int types, CoarserTarget target, boolean dropsFiner) {
  static final Route[] NONE = {};

  boolean takes(MetricType type, long windowStartMs) {
    return windowStartMs >= fromMs && windowStartMs < untilMs && (types & (1 << type.code())) != 0;
  }
}
