package tidemark.gateway.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.definition.DefinitionKey;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;

/**
 * The records of the control topic in memory. Thread-safe. Bound: what the topic has; asking costs
 * nothing until a definition comes.
 */
public final class RuleBook implements Rules {
  private static final Logger LOG = LoggerFactory.getLogger(RuleBook.class);
  private static final long STEP_MS = 10_000;

  private record Name(Definition.Kind kind, String org, String name) {}

  private final Map<String, List<RuleSpan>> byOrg = new HashMap<>();

  /** Names with a version that could not be read: what is in force is not known of them. */
  private final Set<Name> unreadable = new HashSet<>();

  private DefinitionSet definitions = DefinitionSet.empty();
  private long knownToMs = Long.MIN_VALUE;
  private int leftOut;

  /**
   * Takes a record with a definition.
   *
   * @param brokerTimeMs when the broker appended it
   */
  public synchronized void accept(String key, byte[] json, long brokerTimeMs) {
    try {
      accept(DefinitionCodec.ofJson(json), brokerTimeMs);
    } catch (IllegalArgumentException e) {
      LOG.warn("definition {} cannot be read, its name is left out: {}", key, e.getMessage());
      leftOut++;
      leaveOut(key);
    }
  }

  private void leaveOut(String key) {
    try {
      DefinitionKey parsed = DefinitionKey.parse(key);
      unreadable.add(new Name(parsed.kind(), parsed.org(), parsed.name()));
      byOrg.clear();
    } catch (IllegalArgumentException e) {
      LOG.warn("a record of the control topic names nothing by its key {}: it is left out", key);
    }
  }

  /** Takes a definition. One that contradicts a known one counts no more here than in the job. */
  public synchronized void accept(Definition definition, long brokerTimeMs) {
    try {
      definitions = definitions.with(definition, brokerTimeMs);
    } catch (IllegalArgumentException e) {
      LOG.warn("a definition is left out: {}", e.getMessage());
      leftOut++;
    }
    byOrg.clear();
    readTo(brokerTimeMs);
  }

  /**
   * Notes that all records were read that the broker had appended by then: later ones count from
   * the next full 10 s at the earliest.
   */
  public synchronized void readTo(long brokerTimeMs) {
    if (brokerTimeMs > Long.MAX_VALUE - STEP_MS) {
      return; // no broker's time
    }
    long nextStepMs = brokerTimeMs - Math.floorMod(brokerTimeMs, STEP_MS) + STEP_MS;
    knownToMs = Math.max(knownToMs, nextStepMs);
  }

  @Override
  public synchronized KnownRules of(String org) {
    return new KnownRules(byOrg.computeIfAbsent(org, this::spans), knownToMs);
  }

  @Override
  public synchronized List<MonitorSpan> monitorsOf(String org) {
    return definitions.monitorsOf(org).stream()
        .filter(each -> !unreadable.contains(new Name(Definition.Kind.MONITOR, org, each.name())))
        .map(each -> new MonitorSpan(each, definitions.inForceUntilMs(each)))
        .toList();
  }

  @Override
  public synchronized int unreadable() {
    return leftOut;
  }

  private List<RuleSpan> spans(String org) {
    List<RuleSpan> spans = new ArrayList<>();
    for (AggregationRule rule : definitions.rulesOf(org)) {
      if (!unreadable.contains(new Name(Definition.Kind.RULE, org, rule.name()))) {
        spans.add(new RuleSpan(rule, definitions.inForceUntilMs(rule)));
      }
    }
    return List.copyOf(spans);
  }

  @Override
  public void close() {
    // nothing is open
  }
}
