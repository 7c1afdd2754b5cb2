package tidemark.cli.definition;

import java.util.Optional;
import tidemark.serde.definition.DefinitionLimits;
import tidemark.serde.definition.DefinitionSet;
import tidemark.state.definition.Definition;

/**
 * Says beforehand what a job would refuse that was told no other limits than the default ones: the
 * job's own are not known here. Not thread-safe.
 */
public final class JobCeilings {
  private final long nowMs;
  private DefinitionSet known;

  /**
   * @param known what the topic holds
   * @param nowMs epoch ms; what is written gets such a time from the broker
   */
  public JobCeilings(DefinitionSet known, long nowMs) {
    this.known = known;
    this.nowMs = nowMs;
  }

  /** Why it would be refused, behind all that were asked for before; empty if it would not be. */
  public Optional<String> refusal(Definition definition) {
    try {
      known = known.with(definition, nowMs, DefinitionLimits.DEFAULTS);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }
}
