package tidemark.serde.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Removal;

/**
 * All definitions that are known, each with the start that really counts for it.
 *
 * <p>Records are added in the order in which they stand in the topic. A version counts from the
 * later of the time that it names and the next full 10 s after its record's broker time. It ends
 * every earlier version of its name there, and one that would begin at that time or later never
 * comes into force and is forgotten. So whoever reads the same records finds the same, provided
 * that nobody writes a version twice: of two records with one key, compaction leaves the second,
 * and without it the first one counts.
 *
 * <p>Size: the versions of all names until {@link #withoutEndedBefore} drops those that are over;
 * what is left is one version for each name and one for each change that is not over, both limited
 * by {@link DefinitionLimits}. Immutable. Adding one copies the map of names, and queries walk over
 * all of it: meant for once a change, not once a row.
 */
public final class DefinitionSet {
  private static final long STEP_MS = 10_000;
  private static final DefinitionSet EMPTY = new DefinitionSet(new TreeMap<>());

  /** Whose versions follow each other; the order is that of {@link #all}. */
  private record Name(String org, Definition.Kind kind, String name) implements Comparable<Name> {
    private static Name of(Definition definition) {
      return new Name(definition.org(), definition.kind(), definition.name());
    }

    @Override
    public int compareTo(Name other) {
      int byOrg = org.compareTo(other.org);
      int byKind = byOrg != 0 ? byOrg : kind.compareTo(other.kind);
      return byKind != 0 ? byKind : name.compareTo(other.name);
    }
  }

  /** Versions and starts both rise within a list; no list is empty. */
  private final SortedMap<Name, List<Definition>> versions;

  private DefinitionSet(SortedMap<Name, List<Definition>> versions) {
    this.versions = versions;
  }

  public static DefinitionSet empty() {
    return EMPTY;
  }

  // ---- changes

  /** The same as with {@link DefinitionLimits#NONE}. */
  public DefinitionSet with(Definition definition, long brokerTimeMs) {
    return with(definition, brokerTimeMs, DefinitionLimits.NONE);
  }

  /**
   * With one record more. A version that is known already changes nothing, nor does one that is
   * older than the last known one and not known any more.
   *
   * @param definition as the record says it
   * @param brokerTimeMs when the broker appended the record, epoch ms
   * @throws IllegalArgumentException if the version is known with another content, is beyond the
   *     limits, or no time can follow the broker's
   */
  public DefinitionSet with(Definition definition, long brokerTimeMs, DefinitionLimits limits) {
    Name name = Name.of(definition);
    List<Definition> known = versions.getOrDefault(name, List.of());
    for (Definition other : known) {
      if (other.version() == definition.version()) {
        requireEqual(other, definition);
        return this;
      }
    }
    if (!known.isEmpty() && last(known).version() > definition.version()) {
      return this;
    }
    limits.requireWithin(definition);
    if (!(definition instanceof Removal) && !isUsedAt(known, nextStepMs(brokerTimeMs))) {
      requireRoom(name, nextStepMs(brokerTimeMs), limits);
    }
    Definition effective = definition.withFrom(effectiveFromMs(definition, brokerTimeMs));
    List<Definition> changed = new ArrayList<>(known);
    changed.removeIf(other -> other.fromMs() >= effective.fromMs());
    changed.add(effective);
    requireFewVersions(changed, nextStepMs(brokerTimeMs), limits);
    return replacing(name, changed);
  }

  /** When a definition counts whose record the broker appended at that time. */
  public static long effectiveFromMs(Definition definition, long brokerTimeMs) {
    return Math.max(definition.fromMs(), nextStepMs(brokerTimeMs));
  }

  private static long nextStepMs(long brokerTimeMs) {
    if (brokerTimeMs < Long.MIN_VALUE + STEP_MS || brokerTimeMs > Long.MAX_VALUE - STEP_MS) {
      throw new IllegalArgumentException(
          "a record of a definition must have its broker's time, epoch ms, got " + brokerTimeMs);
    }
    return brokerTimeMs - Math.floorMod(brokerTimeMs, STEP_MS) + STEP_MS;
  }

  /**
   * Without the versions whose time in force was over at that time or before: answers for windows
   * that start there or later stay the same. A removal with nothing before it goes as well.
   */
  public DefinitionSet withoutEndedBefore(long ms) {
    SortedMap<Name, List<Definition>> left = new TreeMap<>();
    versions.forEach(
        (name, all) -> {
          List<Definition> some = new ArrayList<>(all);
          while (some.size() > 1 && some.get(1).fromMs() <= ms) {
            some.remove(0);
          }
          if (some.get(0) instanceof Removal && some.get(0).fromMs() <= ms) {
            some.remove(0); // what comes next, if anything, is not in force yet
          }
          if (!some.isEmpty()) {
            left.put(name, List.copyOf(some));
          }
        });
    return new DefinitionSet(left);
  }

  /** The rules alone. */
  public DefinitionSet withoutMonitors() {
    SortedMap<Name, List<Definition>> left = new TreeMap<>(versions);
    left.keySet().removeIf(name -> name.kind() == Definition.Kind.MONITOR);
    return new DefinitionSet(left);
  }

  /** Of each name the last version, as if it had always been in force; without removed names. */
  public DefinitionSet asOfNow() {
    SortedMap<Name, List<Definition>> left = new TreeMap<>();
    versions.forEach(
        (name, all) -> {
          if (!(last(all) instanceof Removal)) {
            left.put(name, List.of(last(all).withFrom(0)));
          }
        });
    return new DefinitionSet(left);
  }

  /** The names of orgs that one is interested in. */
  public DefinitionSet ofOrgs(Predicate<String> orgs) {
    SortedMap<Name, List<Definition>> left = new TreeMap<>(versions);
    left.keySet().removeIf(name -> !orgs.test(name.org()));
    return new DefinitionSet(left);
  }

  private DefinitionSet replacing(Name name, List<Definition> changed) {
    SortedMap<Name, List<Definition>> all = new TreeMap<>(versions);
    all.put(name, List.copyOf(changed));
    return new DefinitionSet(all);
  }

  /** Whether the name stands for something then or later: its removal may be far ahead. */
  private static boolean isUsedAt(List<Definition> known, long ms) {
    return !known.isEmpty() && !(last(known) instanceof Removal && last(known).fromMs() <= ms);
  }

  private void requireRoom(Name name, long ms, DefinitionLimits limits) {
    int limit =
        switch (name.kind()) {
          case RULE -> limits.maxRulesPerOrg();
          case MONITOR -> limits.maxMonitorsPerOrg();
        };
    long used =
        versions.entrySet().stream()
            .filter(entry -> entry.getKey().org().equals(name.org()))
            .filter(entry -> entry.getKey().kind() == name.kind())
            .filter(entry -> isUsedAt(entry.getValue(), ms))
            .count();
    if (used >= limit) {
      throw new IllegalArgumentException(
          "org %s may have %d %ss, and %s would be one more: remove another first"
              .formatted(name.org(), limit, name.kind().label(), name.name()));
    }
  }

  /** What ended long before the record does not count, known or not: a new job reads it all. */
  private static void requireFewVersions(
      List<Definition> changed, long ms, DefinitionLimits limits) {
    Definition last = last(changed);
    long most = limits.versionsThatEndWith(last);
    if (changed.size() <= most) {
      return;
    }
    long counted =
        1
            + changed.stream()
                .skip(1)
                .filter(next -> next.fromMs() > ms - limits.keepEndedMs())
                .count();
    if (counted > most) {
      throw new IllegalArgumentException(
          "%s %s may have %d versions that ended less than %s days ago, and version %d would be one"
                  .formatted(
                      last.kind().label(),
                      last.name(),
                      most,
                      TimeUnit.MILLISECONDS.toDays(limits.keepEndedMs()),
                      last.version())
              + " more: change it less often, or define it under another name");
    }
  }

  private static void requireEqual(Definition known, Definition other) {
    if (!known.withFrom(0).equals(other.withFrom(0))) {
      throw new IllegalArgumentException(
          "version %d of %s %s of org %s is known with another content: write it as a later version"
              .formatted(known.version(), known.kind().label(), known.name(), known.org()));
    }
  }

  // ---- queries

  /** Every version and removal, by org, kind, name and version. */
  public List<Definition> all() {
    return versions.values().stream().flatMap(List::stream).toList();
  }

  /** Orgs of which the two sets do not hold the same. Costs a comparison of all definitions. */
  public Set<String> orgsThatDiffer(DefinitionSet other) {
    Set<String> orgs = new TreeSet<>();
    addOrgsThatDiffer(other, orgs);
    other.addOrgsThatDiffer(this, orgs);
    return orgs;
  }

  private void addOrgsThatDiffer(DefinitionSet other, Set<String> orgs) {
    versions.forEach(
        (name, known) -> {
          if (!known.equals(other.versions.get(name))) {
            orgs.add(name.org());
          }
        });
  }

  /** Versions and removals of one name, the oldest first. */
  public List<Definition> versionsOf(Definition.Kind kind, String org, String name) {
    return versions.getOrDefault(new Name(org, kind, name), List.of());
  }

  /** All versions of all rules of an org, removals not among them. */
  public List<AggregationRule> rulesOf(String org) {
    return ofOrg(org, AggregationRule.class);
  }

  /** All versions of all monitors of an org, removals not among them. */
  public List<Monitor> monitorsOf(String org) {
    return ofOrg(org, Monitor.class);
  }

  /** The version that is in force for windows that start then, if one is. */
  public Optional<AggregationRule> ruleAt(String org, String name, long windowStartMs) {
    return at(versionsOf(Definition.Kind.RULE, org, name), windowStartMs, AggregationRule.class);
  }

  /** The version that is in force for windows that start then, if one is. */
  public Optional<Monitor> monitorAt(String org, String name, long windowStartMs) {
    return at(versionsOf(Definition.Kind.MONITOR, org, name), windowStartMs, Monitor.class);
  }

  /** The rules of an org that are in force for windows that start then, by name. */
  public List<AggregationRule> rulesAt(String org, long windowStartMs) {
    return allAt(org, windowStartMs, AggregationRule.class);
  }

  /** The monitors of an org that are in force for windows that start then, by name. */
  public List<Monitor> monitorsAt(String org, long windowStartMs) {
    return allAt(org, windowStartMs, Monitor.class);
  }

  /**
   * Start of the first window for which this version is not in force any more; {@link
   * Long#MAX_VALUE} if no later version is known.
   */
  public long inForceUntilMs(Definition definition) {
    return versionsOf(definition.kind(), definition.org(), definition.name()).stream()
        .filter(other -> other.version() > definition.version())
        .mapToLong(Definition::fromMs)
        .min()
        .orElse(Long.MAX_VALUE);
  }

  private <D extends Definition> List<D> ofOrg(String org, Class<D> type) {
    return versions.entrySet().stream()
        .filter(entry -> entry.getKey().org().equals(org))
        .flatMap(entry -> entry.getValue().stream())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private <D extends Definition> List<D> allAt(String org, long windowStartMs, Class<D> type) {
    return versions.entrySet().stream()
        .filter(entry -> entry.getKey().org().equals(org))
        .flatMap(entry -> at(entry.getValue(), windowStartMs, type).stream())
        .toList();
  }

  private static <D extends Definition> Optional<D> at(
      List<Definition> versions, long windowStartMs, Class<D> type) {
    for (int i = versions.size() - 1; i >= 0; i--) {
      if (versions.get(i).fromMs() <= windowStartMs) {
        return Optional.of(versions.get(i)).filter(type::isInstance).map(type::cast);
      }
    }
    return Optional.empty();
  }

  private static Definition last(List<Definition> versions) {
    return versions.get(versions.size() - 1);
  }

  // ---- bytes

  /** For state and broadcast; see {@link DefinitionSetBytes}. */
  public byte[] toBytes() {
    return DefinitionSetBytes.write(all());
  }

  /**
   * @throws IllegalArgumentException if {@link #toBytes} has not made them
   */
  public static DefinitionSet ofBytes(byte[] bytes) {
    SortedMap<Name, List<Definition>> versions = new TreeMap<>();
    for (Definition definition : DefinitionSetBytes.read(bytes)) {
      List<Definition> known =
          versions.computeIfAbsent(Name.of(definition), name -> new ArrayList<>());
      if (!known.isEmpty() && !follows(last(known), definition)) {
        throw new IllegalArgumentException(
            "versions of a name must rise in number and start, got %s behind %s"
                .formatted(definition, last(known)));
      }
      known.add(definition);
    }
    versions.replaceAll((name, known) -> List.copyOf(known));
    return new DefinitionSet(versions);
  }

  private static boolean follows(Definition first, Definition second) {
    return second.version() > first.version() && second.fromMs() > first.fromMs();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DefinitionSet set && versions.equals(set.versions);
  }

  @Override
  public int hashCode() {
    return Objects.hash(versions);
  }

  @Override
  public String toString() {
    return all().toString();
  }
}
