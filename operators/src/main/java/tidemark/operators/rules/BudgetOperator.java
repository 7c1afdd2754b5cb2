package tidemark.operators.rules;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.KeyGroups;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.definition.Definition;

/**
 * Keeps a rule from making more series than it may: a coarser series that is too many is refused as
 * a whole, here where all of its rows come together, and the points of its rows are counted. Series
 * of monitors pass; watching limits them itself.
 *
 * <p>Each key group has its share of a rule's {@code maxSeries}, with room for chance: a rule that
 * keeps to its limit is refused nothing, and one that does not may make up to {@code share x key
 * groups}. A series is admitted from the start of the version that has room for it on, so that a
 * limit that is raised later makes no series that begins in the middle of a window.
 *
 * <p>Definitions come by another way than the rows that follow from them, and may be later; never
 * later than the watermark that reaches the rows' windows. Until then batches of a rule that nobody
 * knows wait here, all that follow in their key group, and the watermark: see {@link
 * WaitingBatches}.
 *
 * <p>State per key group: an entry for each admitted series, 16 bytes, and one for each rule; both
 * go when the rule is forgotten. Costs a look-up for each row of a coarser series. Metrics, group
 * {@code tidemark.rules}: {@code seriesRefused} (announcements), {@code pointsRefused}.
 */
public final class BudgetOperator extends AbstractStreamOperator<PartialBatch>
    implements OneInputStreamOperator<PartialBatch, PartialBatch>, BoundedOneInput {
  private static final long serialVersionUID = 1L;
  private static final int MAX_CACHED_SERIES = 1 << 18; // some 20 MB
  private static final Logger LOG = LoggerFactory.getLogger(BudgetOperator.class);

  // Part of every savepoint: new names are new, empty states.
  private static final MapStateDescriptor<Long, Long> ADMITTED_FROM =
      new MapStateDescriptor<>("coarser-series", LongSerializer.INSTANCE, LongSerializer.INSTANCE);
  private static final MapStateDescriptor<Long, String> RULE_OF =
      new MapStateDescriptor<>(
          "rule-of-series", LongSerializer.INSTANCE, StringSerializer.INSTANCE);
  private static final MapStateDescriptor<String, Long> SERIES_OF =
      new MapStateDescriptor<>(
          "series-of-rule", StringSerializer.INSTANCE, LongSerializer.INSTANCE);

  /** Who made a series. */
  private enum Known {
    MONITOR,
    RULE,
    NOBODY
  }

  private final KeyGroups keyGroups;
  private final int batchBytes;

  private transient MapState<Long, Long> admittedFrom;
  private transient MapState<Long, String> ruleOf;
  private transient MapState<String, Long> seriesOf;
  private transient KeyGroupRange range;
  private transient DefinitionSet definitions;
  private transient MetricNames names;
  private transient PartialReader reader;
  private transient PartialRow row;
  private transient PartialWriter writer;
  private transient StreamRecord<PartialBatch> element;
  private transient List<Known> known; // by number of the name
  private transient WaitingBatches waiting;
  private transient @Nullable Watermark withheld;
  private transient Map<Long, Long> cache; // admitted series of this task

  private transient Counter seriesRefused;
  private transient Counter pointsRefused;

  public BudgetOperator(KeyGroups keyGroups, int batchBytes) {
    this.keyGroups = keyGroups;
    this.batchBytes = batchBytes;
  }

  @Override
  public void open() throws Exception {
    super.open();
    admittedFrom = getRuntimeContext().getMapState(ADMITTED_FROM);
    ruleOf = getRuntimeContext().getMapState(RULE_OF);
    seriesOf = getRuntimeContext().getMapState(SERIES_OF);
    range = keyGroups.rangeOf(getRuntimeContext().getTaskInfo());
    definitions = DefinitionSet.empty();
    names = new MetricNames(System.nanoTime());
    reader = new PartialReader(names);
    row = new PartialRow();
    writer = new PartialWriter(names, new PartialBatch(batchBytes));
    element = new StreamRecord<>(writer.batch());
    known = new ArrayList<>();
    waiting = new WaitingBatches();
    withheld = null;
    cache = new HashMap<>();
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("rules");
    seriesRefused = group.counter("seriesRefused");
    pointsRefused = group.counter("pointsRefused");
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> input) throws Exception {
    PartialBatch batch = input.getValue();
    switch (batch.kind()) {
      case PARTIALS, SERIES -> take(batch);
      case DEFINITIONS -> {
        DefinitionSet newest = DefinitionSet.ofBytes(batch.toBytes());
        output.collect(input); // before the watermark that may go on now
        learn(newest);
      }
      case REPORT, STATUS, VERDICTS, ANNOUNCED -> output.collect(input);
    }
  }

  private void learn(DefinitionSet newest) throws Exception {
    definitions = newest;
    known.clear();
    forgetEnded();
    for (PartialBatch batch : waiting.drain()) {
      take(batch);
    }
    passWatermark();
  }

  /** Nothing overtakes what waits of its key group: it may hold the series of its rows. */
  private void take(PartialBatch batch) throws Exception {
    long decidedMs = decidedMs(batch);
    if (decidedMs == WaitingBatches.NOTHING && !waiting.isOf(batch.keyGroup())) {
      judge(batch);
    } else {
      waiting.add(batch, decidedMs);
    }
  }

  /** Whoever is unknown now is unknown for good: a rule that was forgotten. */
  private void judgeWaiting() throws Exception {
    for (PartialBatch batch : waiting.drain()) {
      judge(batch);
    }
    passWatermark();
  }

  private void judge(PartialBatch batch) throws Exception {
    setCurrentKey(keyGroups.keyOf(batch.keyGroup()));
    if (batch.kind() == PartialBatch.Kind.SERIES) {
      admit(batch);
    } else {
      pass(batch);
    }
  }

  /** See {@link WaitingBatches#add}. */
  private long decidedMs(PartialBatch batch) {
    long decidedMs = WaitingBatches.NOTHING;
    if (batch.kind() == PartialBatch.Kind.SERIES) {
      List<SeriesEntry> entries = new ArrayList<>();
      SeriesCodec.read(batch, entries::add);
      for (SeriesEntry entry : entries) {
        if (maker(entry.identity().org(), entry.identity().metric()) == Known.NOBODY) {
          decidedMs = WaitingBatches.BARRIER;
        }
      }
    } else {
      reader.open(batch);
      while (reader.next(row)) {
        if (maker(row.name) == Known.NOBODY) {
          decidedMs = Math.max(decidedMs, row.windowStartMs);
        }
      }
    }
    return decidedMs;
  }

  private Known maker(int name) {
    while (known.size() <= name) {
      MetricNames.Name each = names.name(known.size());
      known.add(maker(new String(each.org(), UTF_8), new String(each.metric(), UTF_8)));
    }
    return known.get(name);
  }

  private Known maker(String org, String metric) {
    if (CoarserSeries.isMonitor(metric)) {
      return Known.MONITOR;
    }
    return definitions.versionsOf(Definition.Kind.RULE, org, CoarserSeries.rule(metric)).isEmpty()
        ? Known.NOBODY
        : Known.RULE;
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    withheld = mark;
    if (waiting.isDecidedAt(mark.getTimestamp())) {
      judgeWaiting();
    }
  }

  /** Rows that wait must not become late ones. */
  private void passWatermark() throws Exception {
    if (withheld != null && waiting.isEmpty()) {
      super.processWatermark(withheld);
      withheld = null;
    }
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    judgeWaiting();
  }

  @Override
  public void endInput() throws Exception {
    judgeWaiting();
  }

  // ---- series

  private void admit(PartialBatch batch) throws Exception {
    List<SeriesEntry> entries = new ArrayList<>();
    SeriesCodec.read(batch, entries::add);
    PartialBatch admitted = new PartialBatch(batch.length());
    admitted.reset(PartialBatch.Kind.SERIES, batch.keyGroup(), PartialBatch.OPEN);
    for (SeriesEntry entry : entries) {
      if (CoarserSeries.isMonitor(entry.identity().metric()) || isAdmitted(entry)) {
        SeriesCodec.append(entry, admitted);
      }
    }
    if (!admitted.isEmpty()) {
      output.collect(new StreamRecord<>(admitted));
    }
  }

  private boolean isAdmitted(SeriesEntry entry) throws Exception {
    if (admittedFrom.contains(entry.seriesId())) {
      return true;
    }
    String org = entry.identity().org();
    String name = CoarserSeries.rule(entry.identity().metric());
    String key = org + '\n' + name;
    Long count = seriesOf.get(key);
    long have = count == null ? 0 : count;
    for (Definition version : definitions.versionsOf(Definition.Kind.RULE, org, name)) {
      if (version instanceof AggregationRule rule && have < share(rule.maxSeries())) {
        admittedFrom.put(entry.seriesId(), rule.fromMs());
        ruleOf.put(entry.seriesId(), key);
        seriesOf.put(key, have + 1);
        return true;
      }
    }
    if (seriesRefused.getCount() == 0) {
      LOG.warn(
          "rule {} of org {} would make more series than it may: refused {}", name, org, entry);
    }
    seriesRefused.inc();
    return false;
  }

  /** Six standard deviations above the mean of a key group's part, and a few. */
  private long share(int maxSeries) {
    double mean = (double) maxSeries / keyGroups.maxParallelism();
    return Math.min(maxSeries, (long) Math.ceil(mean + 6 * Math.sqrt(mean) + 6));
  }

  /** Series of rules of which no version is known any more. */
  private void forgetEnded() throws Exception {
    Set<String> rules = new HashSet<>();
    for (Definition definition : definitions.all()) {
      if (definition.kind() == Definition.Kind.RULE) {
        rules.add(definition.org() + '\n' + definition.name());
      }
    }
    for (int group = range.getStartKeyGroup(); group <= range.getEndKeyGroup(); group++) {
      setCurrentKey(keyGroups.keyOf(group));
      List<String> ended = new ArrayList<>();
      for (String rule : seriesOf.keys()) {
        if (!rules.contains(rule)) {
          ended.add(rule);
        }
      }
      if (!ended.isEmpty()) {
        forget(ended);
      }
    }
    cache.clear();
  }

  private void forget(List<String> ended) throws Exception {
    List<Long> series = new ArrayList<>();
    for (Map.Entry<Long, String> entry : ruleOf.entries()) {
      if (ended.contains(entry.getValue())) {
        series.add(entry.getKey());
      }
    }
    for (long seriesId : series) {
      admittedFrom.remove(seriesId);
      ruleOf.remove(seriesId);
    }
    for (String rule : ended) {
      seriesOf.remove(rule);
    }
  }

  // ---- rows

  private void pass(PartialBatch batch) throws Exception {
    writer.begin(batch.keyGroup(), batch.tierSeconds());
    reader.open(batch);
    while (reader.next(row)) {
      if (maker(row.name) == Known.MONITOR || row.windowStartMs >= admittedFromMs(row.seriesId)) {
        writer.write(row);
      } else {
        pointsRefused.inc(row.count);
      }
    }
    if (writer.rows() > 0) {
      output.collect(element);
    }
  }

  private long admittedFromMs(long seriesId) throws Exception {
    Long known = cache.get(seriesId);
    if (known == null) {
      known = admittedFrom.get(seriesId);
      if (known == null) {
        return Long.MAX_VALUE;
      }
      if (cache.size() >= MAX_CACHED_SERIES) {
        cache.clear(); // a rule may have as many series as its org likes
      }
      cache.put(seriesId, known);
    }
    return known;
  }
}
