package tidemark.serde.definition;

/**
 * How many names one org may have defined at a time. Names whose last version is a removal do not
 * count once that is in force.
 *
 * @param maxRulesPerOrg at least 0
 * @param maxMonitorsPerOrg at least 0
 */
public record DefinitionLimits(int maxRulesPerOrg, int maxMonitorsPerOrg) {
  /** As many as there are. */
  public static final DefinitionLimits NONE =
      new DefinitionLimits(Integer.MAX_VALUE, Integer.MAX_VALUE);

  public DefinitionLimits {
    if (maxRulesPerOrg < 0 || maxMonitorsPerOrg < 0) {
      throw new IllegalArgumentException(
          "an org must be allowed at least 0 rules and monitors, got %d and %d"
              .formatted(maxRulesPerOrg, maxMonitorsPerOrg));
    }
  }
}
