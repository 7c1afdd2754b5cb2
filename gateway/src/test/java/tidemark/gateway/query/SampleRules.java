package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tidemark.gateway.rules.RuleBook;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;

/**
 * Rules, and what a job makes of them, found from the points by plain loops: each point that a rule
 * takes is a point of the coarser series as well.
 */
final class SampleRules {
  static final Set<MetricType> ANY_TYPE = EnumSet.allOf(MetricType.class);
  static final Set<Integer> ALL_TIERS = Set.of(10, 60, 3600);

  private static final long LONG_AGO_MS = SampleWorld.START_MS - 7_200_000;

  /** A version and its end. */
  record Version(AggregationRule rule, long untilMs) {
    boolean isInForce(long windowStartMs) {
      return rule.fromMs() <= windowStartMs && windowStartMs < untilMs;
    }

    /** By the words of the definition: a pattern is a name, a prefix with a star, or a star. */
    boolean takes(SampleSeries series) {
      String pattern = rule.filter().metric().text();
      boolean isMetric =
          pattern.endsWith("*")
              ? series.metric().startsWith(pattern.substring(0, pattern.length() - 1))
              : series.metric().equals(pattern);
      return isMetric
          && rule.org().equals(series.org())
          && rule.types().contains(series.type())
          && rule.filter().where().stream()
              .allMatch(
                  condition -> condition.value().text().equals(series.tags().get(condition.key())));
    }

    SampleSeries coarser(SampleSeries series) {
      Map<String, String> tags = new HashMap<>(series.tags());
      boolean isKeeping = rule.choice() == TagChoice.KEEP;
      tags.keySet().removeIf(key -> rule.tagKeys().contains(key) != isKeeping);
      return SampleSeries.of(
          series.org(), series.metric() + "@" + rule.name(), series.type(), tags);
    }
  }

  private final List<Definition> definitions = new ArrayList<>();

  /** Adds a version that begins so long after the start of the world. */
  SampleRules with(Definition definition) {
    definitions.add(definition);
    return this;
  }

  /** What the gateway knows of them. */
  RuleBook book() {
    RuleBook book = new RuleBook();
    definitions.forEach(definition -> book.accept(definition, LONG_AGO_MS));
    book.readTo(SampleWorld.START_MS + 86_400_000);
    return book;
  }

  List<Version> versions() {
    List<Version> versions = new ArrayList<>();
    for (Definition each : definitions) {
      if (each instanceof AggregationRule rule) {
        long untilMs =
            definitions.stream()
                .filter(other -> other.org().equals(rule.org()))
                .filter(other -> other.name().equals(rule.name()))
                .filter(other -> other.version() > rule.version())
                .mapToLong(Definition::fromMs)
                .min()
                .orElse(Long.MAX_VALUE);
        versions.add(new Version(rule, untilMs));
      }
    }
    return versions;
  }

  /** The world with all coarser series; rows of tiers that a rule does not store are not sent. */
  SampleWorld apply(SampleWorld world) {
    List<Version> versions = versions();
    Set<SampleSeries> series = new LinkedHashSet<>(world.series());
    for (SampleSeries each : world.series()) {
      versions.stream()
          .filter(version -> version.takes(each))
          .forEach(version -> series.add(version.coarser(each)));
    }
    List<SamplePoint> arriving = new ArrayList<>();
    for (SamplePoint point : world.arriving()) {
      arriving.add(point);
      for (Version version : versions) {
        if (version.takes(point.series()) && version.isInForce(point.windowStartMs(10))) {
          SampleSeries coarser = version.coarser(point.series());
          arriving.add(new SamplePoint(coarser, point.timeMs(), point.value()));
        }
      }
    }
    return new SampleWorld(
        List.copyOf(series), arriving, row -> isStored(versions, row.series(), row));
  }

  private static boolean isStored(List<Version> versions, SampleSeries series, SampleRow row) {
    int mark = series.metric().indexOf('@');
    return mark < 0
        || versions.stream()
            .filter(version -> version.rule().org().equals(series.org()))
            .filter(version -> version.rule().name().equals(series.metric().substring(mark + 1)))
            .filter(version -> version.rule().fromMs() < row.endMs())
            .filter(version -> version.untilMs() > row.startMs())
            .allMatch(version -> version.rule().tiers().contains(row.tier()));
  }

  // ---- definitions

  static AggregationRule keep(String org, String name, int version, long afterMs, String... tags) {
    return new AggregationRule(
        org,
        name,
        version,
        SampleWorld.START_MS + afterMs,
        new SeriesFilter(new TextPattern("*"), List.of()),
        TagChoice.KEEP,
        new TreeSet<>(List.of(tags)),
        ANY_TYPE,
        new TreeSet<>(ALL_TIERS),
        false,
        1_000);
  }

  static AggregationRule dropping(AggregationRule rule) {
    return new AggregationRule(
        rule.org(),
        rule.name(),
        rule.version(),
        rule.fromMs(),
        rule.filter(),
        TagChoice.DROP,
        rule.tagKeys(),
        rule.types(),
        rule.tiers(),
        rule.dropsFiner(),
        rule.maxSeries());
  }

  static AggregationRule of(
      AggregationRule rule, String metric, Set<MetricType> types, Set<Integer> tiers) {
    return new AggregationRule(
        rule.org(),
        rule.name(),
        rule.version(),
        rule.fromMs(),
        new SeriesFilter(new TextPattern(metric), rule.filter().where()),
        rule.choice(),
        rule.tagKeys(),
        types,
        new TreeSet<>(tiers),
        rule.dropsFiner(),
        rule.maxSeries());
  }

  static AggregationRule where(AggregationRule rule, String key, String value) {
    return new AggregationRule(
        rule.org(),
        rule.name(),
        rule.version(),
        rule.fromMs(),
        new SeriesFilter(
            rule.filter().metric(), List.of(new TagCondition(key, new TextPattern(value), false))),
        rule.choice(),
        rule.tagKeys(),
        rule.types(),
        rule.tiers(),
        rule.dropsFiner(),
        rule.maxSeries());
  }

  static Removal removal(String org, String name, int version, long afterMs) {
    return new Removal(Definition.Kind.RULE, org, name, version, SampleWorld.START_MS + afterMs);
  }
}
