package tidemark.gateway.rules;

import tidemark.state.definition.AggregationRule;

/**
 * One version of a rule, and for which windows it is in force: those that start in [{@code
 * rule.fromMs()}, untilMs).
 *
 * @param rule with the start that really counts for it
 * @param untilMs exclusive; {@link Long#MAX_VALUE} if no later version is known
 */
public record RuleSpan(AggregationRule rule, long untilMs) {
  public RuleSpan {
    if (!(rule.fromMs() < untilMs)) {
      throw new IllegalArgumentException(
          "version %d of rule %s must end after its start, got %d to %d"
              .formatted(rule.version(), rule.name(), rule.fromMs(), untilMs));
    }
  }

  /** Name and version, as people are told of it: {@code by-service/3}. */
  public String title() {
    return rule.name() + "/" + rule.version();
  }
}
