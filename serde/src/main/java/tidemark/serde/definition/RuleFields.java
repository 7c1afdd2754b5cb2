package tidemark.serde.definition;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;

/** The fields of a rule; see {@link DefinitionCodec}. */
final class RuleFields {
  private static final String KEEP = "keep";
  private static final String DROP = "drop";

  /** A resolution as it is written. */
  private enum Tier {
    TEN_SECONDS("10s", 10),
    MINUTE("1m", 60),
    HOUR("1h", 3600);

    private final String label;
    private final int seconds;

    Tier(String label, int seconds) {
      this.label = label;
      this.seconds = seconds;
    }

    private String label() {
      return label;
    }
  }

  private RuleFields() {}

  static void write(AggregationRule rule, ObjectNode json) {
    FilterFields.write(rule.filter(), json);
    ArrayNode keys = json.putArray(rule.choice() == TagChoice.KEEP ? KEEP : DROP);
    rule.tagKeys().forEach(keys::add);
    ArrayNode types = json.putArray("types");
    rule.types().forEach(type -> types.add(type.label()));
    ArrayNode tiers = json.putArray("tiers");
    for (Tier tier : Tier.values()) {
      if (rule.tiers().contains(tier.seconds)) {
        tiers.add(tier.label);
      }
    }
    json.put("drops_finer", rule.dropsFiner());
    json.put("max_series", rule.maxSeries());
  }

  static AggregationRule read(JsonFields fields) {
    if (fields.has(KEEP) == fields.has(DROP)) {
      throw new IllegalArgumentException(
          "a rule must have either the field 'keep' or the field 'drop'");
    }
    TagChoice choice = fields.has(KEEP) ? TagChoice.KEEP : TagChoice.DROP;
    Set<MetricType> types = EnumSet.noneOf(MetricType.class);
    types.addAll(fields.someOf("types", MetricType.values(), MetricType::label));
    List<Tier> tiers = fields.someOf("tiers", Tier.values(), Tier::label);
    TreeSet<Integer> seconds = new TreeSet<>();
    tiers.forEach(tier -> seconds.add(tier.seconds));
    return new AggregationRule(
        fields.text("org"),
        fields.text("name"),
        fields.integer("version"),
        fields.ms("from_ms"),
        FilterFields.read(fields),
        choice,
        new TreeSet<>(fields.texts(choice == TagChoice.KEEP ? KEEP : DROP)),
        types,
        seconds,
        fields.flag("drops_finer"),
        fields.integer("max_series"));
  }
}
