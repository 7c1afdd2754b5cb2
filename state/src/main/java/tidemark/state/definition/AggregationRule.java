package tidemark.state.definition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/**
 * Makes coarser series of those that it concerns: all that are equal in the tags that are left
 * merge into one, named {@link CoarserSeries#ofRule}.
 *
 * @param filter which series it concerns
 * @param choice whether {@code tagKeys} are those that are kept, or those that are dropped
 * @param tagKeys keys of tags
 * @param types only series of these types, not empty
 * @param tiers resolutions in which the coarser series are stored, in seconds: of 10, 60 and 3600,
 *     not empty
 * @param dropsFiner whether the rows of the series that it concerns are not stored any more
 * @param maxSeries coarser series that it may make, at least 1
 */
public record AggregationRule(
    String org,
    String name,
    int version,
    long fromMs,
    SeriesFilter filter,
    TagChoice choice,
    SortedSet<String> tagKeys,
    Set<MetricType> types,
    SortedSet<Integer> tiers,
    boolean dropsFiner,
    int maxSeries)
    implements Definition {
  private static final Set<Integer> ALL_TIERS = Set.of(10, 60, 3600);

  /** What becomes of the named tags. */
  public enum TagChoice {
    /** They stay, and all others go. */
    KEEP,
    /** They go, and all others stay. */
    DROP
  }

  public AggregationRule {
    DefinitionChecks.check(org, name, version, fromMs);
    Objects.requireNonNull(filter, "filter");
    Objects.requireNonNull(choice, "choice");
    tagKeys = Collections.unmodifiableSortedSet(new TreeSet<>(tagKeys));
    tiers = Collections.unmodifiableSortedSet(new TreeSet<>(tiers));
    if (types.isEmpty() || tiers.isEmpty() || !ALL_TIERS.containsAll(tiers)) {
      throw new IllegalArgumentException(
          "rule %s must name at least one type, and tiers out of 10, 60 and 3600 s, got %s and %s"
              .formatted(name, types, tiers));
    }
    types = Collections.unmodifiableSet(EnumSet.copyOf(types));
    if (maxSeries < 1) {
      throw new IllegalArgumentException(
          "rule %s must be allowed at least 1 series, got %d".formatted(name, maxSeries));
    }
  }

  @Override
  public Kind kind() {
    return Kind.RULE;
  }

  @Override
  public AggregationRule withFrom(long newFromMs) {
    return new AggregationRule(
        org,
        name,
        version,
        newFromMs,
        filter,
        choice,
        tagKeys,
        types,
        tiers,
        dropsFiner,
        maxSeries);
  }

  /** Whether a series of that type goes into one of this rule's. */
  public boolean takes(SeriesIdentity series, MetricType type) {
    return types.contains(type) && series.org().equals(org) && filter.takes(series);
  }

  /** Whether a tag of that key is left. */
  public boolean keeps(String tagKey) {
    return tagKeys.contains(tagKey) == (choice == TagChoice.KEEP);
  }

  /** The coarser series that one which it takes goes into. */
  public SeriesIdentity coarser(SeriesIdentity series) {
    List<String> tags = new ArrayList<>(series.tags());
    tags.removeIf(tag -> !keeps(SeriesIdentity.key(tag)));
    return new SeriesIdentity(org, CoarserSeries.ofRule(series.metric(), name), tags);
  }
}
