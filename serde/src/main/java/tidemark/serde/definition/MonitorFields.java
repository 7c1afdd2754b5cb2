package tidemark.serde.definition;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.NoData;
import tidemark.state.definition.Monitor.Side;
import tidemark.state.definition.Monitor.Thresholds;

/** The fields of a monitor; see {@link DefinitionCodec}. */
final class MonitorFields {
  private MonitorFields() {}

  static void write(Monitor monitor, ObjectNode json) {
    FilterFields.write(monitor.filter(), json);
    json.put("type", monitor.type().label());
    ArrayNode groupBy = json.putArray("group_by");
    monitor.groupBy().forEach(groupBy::add);
    json.put("measure", MeasureText.of(monitor.measure()));
    json.put("window_ms", monitor.windowMs());
    json.put("step_ms", monitor.stepMs());
    Thresholds thresholds = monitor.thresholds();
    json.put("side", label(thresholds.side()));
    json.put("alert", thresholds.alert());
    put("warn", thresholds.warn(), json);
    put("alert_recovery", thresholds.alertRecovery(), json);
    put("warn_recovery", thresholds.warnRecovery(), json);
    json.put("no_data", label(monitor.noData()));
    json.put("new_group_delay_ms", monitor.newGroupDelayMs());
    json.put("forget_group_ms", monitor.forgetGroupMs());
    json.put("max_groups", monitor.maxGroups());
  }

  private static void put(String field, OptionalDouble number, ObjectNode json) {
    number.ifPresent(present -> json.put(field, present));
  }

  static Monitor read(JsonFields fields) {
    return new Monitor(
        fields.text("org"),
        fields.text("name"),
        fields.integer("version"),
        fields.ms("from_ms"),
        FilterFields.read(fields),
        fields.oneOf("type", MetricType.values(), MetricType::label),
        new TreeSet<>(fields.texts("group_by")),
        MeasureText.parse(fields.text("measure")),
        fields.ms("window_ms"),
        fields.ms("step_ms"),
        new Thresholds(
            fields.oneOf("side", Side.values(), MonitorFields::label),
            fields.number("alert"),
            fields.optionalNumber("warn"),
            fields.optionalNumber("alert_recovery"),
            fields.optionalNumber("warn_recovery")),
        fields.oneOf("no_data", NoData.values(), MonitorFields::label),
        fields.ms("new_group_delay_ms"),
        fields.ms("forget_group_ms"),
        fields.integer("max_groups"));
  }

  static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
