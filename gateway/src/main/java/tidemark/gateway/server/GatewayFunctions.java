package tidemark.gateway.server;

import java.util.List;
import tidemark.gateway.ask.ValueType;
import tidemark.gateway.dictionary.DictionaryColumn;
import tidemark.gateway.dictionary.DictionaryFunction;
import tidemark.gateway.dictionary.DictionaryFunction.Kind;

/** Our own functions, as {@code \df} lists them. */
final class GatewayFunctions {
  private static final DictionaryColumn SKETCH =
      new DictionaryColumn("sketch", ValueType.BYTEA, "of a distribution");

  static final List<DictionaryFunction> ALL =
      List.of(
          aggregate(
              "percentile",
              List.of(new DictionaryColumn("q", ValueType.FLOAT8, "0 to 1")),
              ValueType.FLOAT8,
              "value at quantile q of the points, within 0.54 %"),
          aggregate(
              "percentile",
              List.of(SKETCH, new DictionaryColumn("q", ValueType.FLOAT8, "0 to 1")),
              ValueType.FLOAT8,
              "the same, of a sketch"),
          aggregate(
              "count_below",
              List.of(new DictionaryColumn("x", ValueType.FLOAT8, "threshold")),
              ValueType.INT8,
              "points below x"),
          aggregate(
              "count_above",
              List.of(new DictionaryColumn("x", ValueType.FLOAT8, "threshold")),
              ValueType.INT8,
              "points above x"),
          aggregate("merge_sketch", List.of(SKETCH), ValueType.BYTEA, "one sketch of the group"),
          aggregate(
              "rate",
              List.of(new DictionaryColumn("step", ValueType.INTERVAL, "length of the group")),
              ValueType.FLOAT8,
              "sum per second"),
          aggregate("average", List.of(), ValueType.FLOAT8, "average of the points"),
          aggregate("newest", List.of(), ValueType.FLOAT8, "value of the newest point of a gauge"),
          aggregate(
              "exact_sum",
              List.of(new DictionaryColumn("x", ValueType.FLOAT8, "")),
              ValueType.FLOAT8,
              "sum, correctly rounded"));

  private GatewayFunctions() {}

  private static DictionaryFunction aggregate(
      String name, List<DictionaryColumn> arguments, ValueType result, String description) {
    return new DictionaryFunction(name, Kind.AGGREGATE, arguments, result, description);
  }
}
