package tidemark.gateway.rules;

import java.util.List;

/**
 * The rules of one org, as far as they are known.
 *
 * @param spans all versions, also those that are not in force any more or not yet
 * @param toMs for windows that start before it no version is missing; {@link Long#MIN_VALUE} if
 *     nothing is known
 */
public record KnownRules(List<RuleSpan> spans, long toMs) {
  public static final KnownRules NONE = new KnownRules(List.of(), Long.MIN_VALUE);

  public KnownRules {
    spans = List.copyOf(spans);
  }
}
