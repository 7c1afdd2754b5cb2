package tidemark.jobs;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import tidemark.operators.IntakeRecord;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.wire.Heartbeat;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;

/**
 * Seeded changes of rules beside {@link GeneratedInput}: each second of its time a heartbeat, and
 * before every third one a rule that is added, changed or removed. And, from the points alone,
 * which points the coarser series must be made of.
 */
final class GeneratedDefinitions {
  private static final long START_MS = 1_795_823_940_000L;
  private static final String[] ORGS = {"acme", "globex"};
  private static final String[] NAMES = {"by-host", "by-zone", "all", "some", "minutes", "instead"};

  /**
   * One change.
   *
   * @param brokerTimeMs of its record
   */
  private record Change(Definition definition, long brokerTimeMs) {
    /** By the words of the design: the next 10 s after its record, or later if it says so. */
    long effectiveMs() {
      return Math.max(definition.fromMs(), (brokerTimeMs / 10_000 + 1) * 10_000);
    }
  }

  private final List<Change> changes = new ArrayList<>();
  private final List<IntakeRecord> records = new ArrayList<>();

  GeneratedDefinitions(long seed, int seconds) {
    Random random = new Random(seed);
    Map<String, Integer> versions = new TreeMap<>();
    for (int second = 0; second < seconds; second++) {
      long nowMs = START_MS + second * 1000L;
      if (second % 3 == 0) {
        change(random, versions, nowMs - 1 - random.nextInt(900));
      }
      add(IntakeHeaders.HEARTBEAT, nowMs, nowMs, Heartbeat.bytes(nowMs, 1));
    }
  }

  private void change(Random random, Map<String, Integer> versions, long brokerTimeMs) {
    String org = ORGS[random.nextInt(ORGS.length)];
    String name = NAMES[random.nextInt(NAMES.length)];
    int version = versions.merge(org + name, 1, Integer::sum);
    long fromMs = Math.max(0, brokerTimeMs + random.nextInt(40_000) - 15_000);
    Definition definition =
        version > 1 && random.nextInt(6) == 0
            ? new Removal(Definition.Kind.RULE, org, name, version, fromMs)
            : rule(random, org, name, version, fromMs);
    changes.add(new Change(definition, brokerTimeMs));
    add(
        IntakeHeaders.DEFINITION,
        brokerTimeMs,
        IntakeRecord.NO_HEARTBEAT,
        DefinitionCodec.toJson(definition));
  }

  private static AggregationRule rule(
      Random random, String org, String name, int version, long fromMs) {
    String metric = List.of("*", "metric.*", "metric.1", "m*.2", "*3").get(random.nextInt(5));
    List<TagCondition> where = new ArrayList<>();
    if (random.nextBoolean()) {
      where.add(
          new TagCondition("host", new TextPattern("h" + random.nextInt(5)), random.nextBoolean()));
    }
    EnumSet<MetricType> types = EnumSet.allOf(MetricType.class);
    if (random.nextInt(3) == 0) {
      types.remove(MetricType.ofCode(1 + random.nextInt(3)));
    }
    return new AggregationRule(
        org,
        name,
        version,
        fromMs,
        new SeriesFilter(new TextPattern(metric), where),
        random.nextBoolean() ? AggregationRule.TagChoice.KEEP : AggregationRule.TagChoice.DROP,
        new TreeSet<>(
            List.of(List.of("host"), List.of("zone"), List.<String>of()).get(random.nextInt(3))),
        types,
        new TreeSet<>(name.equals("minutes") ? List.of(60) : List.of(10, 60, 3600)),
        name.equals("instead"),
        1_000);
  }

  private void add(String format, long brokerTimeMs, long heartbeatMs, byte[] value) {
    records.add(
        new IntakeRecord(
            "control", 0, records.size(), brokerTimeMs, format, "", heartbeatMs, value));
  }

  int size() {
    return records.size();
  }

  /** As they stand in the topic. */
  List<IntakeRecord> records() {
    return records;
  }

  int changes() {
    return changes.size();
  }

  /** Gives the same records, wherever it was sent to. */
  static final class Records implements GeneratorFunction<Long, IntakeRecord> {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final int seconds;
    private transient @Nullable List<IntakeRecord> records;

    Records(long seed, int seconds) {
      this.seed = seed;
      this.seconds = seconds;
    }

    @Override
    public IntakeRecord map(Long index) {
      if (records == null) {
        records = new GeneratedDefinitions(seed, seconds).records;
      }
      return records.get(index.intValue());
    }
  }

  /** The points again, without those that are dropped, and once more for each coarser series. */
  List<Expected.Sent> applied(List<Expected.Sent> points) {
    return applied(points, this::at);
  }

  private static List<Expected.Sent> applied(List<Expected.Sent> points, InForce rules) {
    List<Expected.Sent> all = new ArrayList<>();
    for (Expected.Sent point : points) {
      long windowMs = Math.floorDiv(point.timestampMs(), 10_000L) * 10_000L;
      boolean isDropped = false;
      for (String name : NAMES) {
        Definition inForce = rules.at(point.org(), name, windowMs);
        if (inForce instanceof AggregationRule rule && takes(rule, point)) {
          isDropped |= rule.dropsFiner();
          all.add(coarser(rule, point));
        }
      }
      if (!isDropped) {
        all.add(point);
      }
    }
    return all;
  }

  /** The same by the last version of each rule alone, at all times. */
  List<Expected.Sent> appliedAsOfNow(List<Expected.Sent> points) {
    return applied(points, (org, name, windowMs) -> at(org, name, Long.MAX_VALUE));
  }

  private interface InForce {
    @Nullable
    Definition at(String org, String name, long windowMs);
  }

  private Definition at(String org, String name, long windowMs) {
    Definition last = null;
    for (Change change : changes) {
      if (change.definition().org().equals(org)
          && change.definition().name().equals(name)
          && change.effectiveMs() <= windowMs) {
        last = change.definition();
      }
    }
    return last;
  }

  private static boolean takes(AggregationRule rule, Expected.Sent point) {
    String pattern = rule.filter().metric().text().replace(".", "\\.").replace("*", ".*");
    boolean takes =
        point.metric().matches(pattern)
            && rule.types().stream().anyMatch(type -> type.label().equals(point.type()));
    for (TagCondition condition : rule.filter().where()) {
      boolean has = point.tags().contains(condition.key() + ":" + condition.value().text());
      takes &= has != condition.isNegated();
    }
    return takes;
  }

  private static Expected.Sent coarser(AggregationRule rule, Expected.Sent point) {
    boolean keeps = rule.choice() == AggregationRule.TagChoice.KEEP;
    List<String> tags =
        point.tags().stream()
            .filter(tag -> rule.tagKeys().contains(tag.substring(0, tag.indexOf(':'))) == keeps)
            .collect(Collectors.toList());
    return new Expected.Sent(
        point.org(),
        point.metric() + "@" + rule.name(),
        tags,
        point.type(),
        point.timestampMs(),
        point.value());
  }
}
