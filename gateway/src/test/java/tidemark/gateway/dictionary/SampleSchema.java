package tidemark.gateway.dictionary;

import java.util.List;
import tidemark.gateway.ask.ValueType;

/** A small schema, the same as that of the PostgreSQL that expected answers were taken from. */
final class SampleSchema {
  private SampleSchema() {}

  static DictionarySchema schema() {
    return new DictionarySchema(
        "tidemark",
        List.of(
            new DictionaryRelation(
                "points",
                List.of(
                    column("ts", ValueType.TIMESTAMPTZ, "start of the window"),
                    column("metric", ValueType.TEXT, ""),
                    column("tags", ValueType.JSONB, ""),
                    column("count", ValueType.INT8, ""),
                    column("sum", ValueType.FLOAT8, ""),
                    column("min", ValueType.FLOAT8, ""),
                    column("max", ValueType.FLOAT8, ""),
                    column("last", ValueType.FLOAT8, "")),
                "points of your org"),
            new DictionaryRelation(
                "series",
                List.of(
                    column("metric", ValueType.TEXT, ""),
                    column("series", ValueType.INT8, ""),
                    column("tags", ValueType.JSONB, "")),
                ""),
            new DictionaryRelation(
                "metrics",
                List.of(
                    column("metric", ValueType.TEXT, ""),
                    column("kind", ValueType.TEXT, ""),
                    column("unit", ValueType.TEXT, ""),
                    column("tag_names", ValueType.TEXT_ARRAY, "")),
                ""),
            new DictionaryRelation(
                "freshness",
                List.of(
                    column("watermark", ValueType.TIMESTAMPTZ, ""),
                    column("is_complete", ValueType.BOOL, ""),
                    column("late_pending", ValueType.INT8, "")),
                "")),
        List.of(
            new DictionaryFunction(
                "percentile",
                DictionaryFunction.Kind.SCALAR,
                List.of(
                    column("distribution", ValueType.JSONB, ""), column("q", ValueType.FLOAT8, "")),
                ValueType.FLOAT8,
                "q-th quantile"),
            new DictionaryFunction(
                "count_below",
                DictionaryFunction.Kind.SCALAR,
                List.of(
                    column("distribution", ValueType.JSONB, ""), column("x", ValueType.FLOAT8, "")),
                ValueType.INT8,
                ""),
            new DictionaryFunction(
                "last",
                DictionaryFunction.Kind.SCALAR,
                List.of(column("value", ValueType.FLOAT8, "")),
                ValueType.FLOAT8,
                "")));
  }

  private static DictionaryColumn column(String name, ValueType type, String description) {
    return new DictionaryColumn(name, type, description);
  }
}
