package tidemark.bench.query;

import java.util.Random;
import java.util.function.BiFunction;

/**
 * A kind of question, and what it is to take.
 *
 * @param aimMs median at one client that the gateway aims at
 * @param setting run first in each session
 * @param sql a statement of the kind; another one for each run, unless it is the point to repeat it
 */
record Question(
    String name, double aimMs, String setting, BiFunction<QueryOptions, Random, String> sql) {

  /** What a session says so that no rule's series stand in for those asked for. */
  static final String FINER = "SET rule_series = off";

  /** What a session says so that a rule's series stand in for those asked for. */
  static final String COARSER = "SET rule_series = on";

  /** One that is answered from the series that it asks for. */
  Question(String name, double aimMs, BiFunction<QueryOptions, Random, String> sql) {
    this(name, aimMs, FINER, sql);
  }

  /** Whether a rule's series are to answer it. */
  boolean isOfRule() {
    return setting.equals(COARSER);
  }

  static String end(QueryOptions options) {
    return "TIMESTAMPTZ '" + StoredDay.START.plusSeconds(options.hours() * 3600L) + "'";
  }

  /** A gauge. */
  static String gauge(QueryOptions options, Random random) {
    int metric = 1 + random.nextInt(options.metrics());
    return "'m" + (metric % 5 == 0 ? metric - 1 : metric) + "'";
  }

  static String distribution(QueryOptions options, Random random) {
    int count = Math.max(1, options.metrics() / 5);
    return "'m" + 5 * (1 + random.nextInt(count)) + "'";
  }

  static String host(QueryOptions options, Random random) {
    return "'h" + random.nextInt(options.series()) + "'";
  }
}
