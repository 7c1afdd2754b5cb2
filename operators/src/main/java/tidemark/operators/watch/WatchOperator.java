package tidemark.operators.watch;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import tidemark.operators.KeyGroups;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.SeriesIdentity;
import tidemark.state.definition.CoarserSeries;
import tidemark.state.definition.Monitor;
import tidemark.state.monitor.Alert;

/**
 * Evaluates monitors when the watermark passes a window's end, and again when late rows change what
 * was said.
 *
 * <p>It stands behind the 10 s roll up of the coarser series, in the same task. Rows and series of
 * monitors end here; all else goes on untouched, verdicts come with it, and alerts leave through
 * {@link #ALERTS}. Late rows come before a watermark or a barrier, and what they change is told
 * there. So at a barrier nothing waits but in state.
 *
 * <p>Keyed state: see {@link WatchStore}. Besides, two longs per task: the watermark, without which
 * a restored task would take old rows for new ones, and the first one that the job ever saw.
 * Memory: each group that has rows, some 500 bytes and a bit for each 10 s of window and amend
 * horizon; written to state before each barrier. Groups that were refused or forgotten are in state
 * alone, so a monitor's memory is bounded by its {@code max_groups}: see {@link WatchedGroups}.
 *
 * <p>Metrics, group {@code tidemark.watch}: {@code windowsJudged}, {@code verdictsSent}, {@code
 * verdictsLate}, {@code verdictsEarly}, {@code verdictsIncomplete}, {@code amendments}, {@code
 * amendmentsMissed} (rows beyond the horizon), {@code alertsSent}, {@code groupsRefused}, {@code
 * rowsRefused} (of groups beyond the limit), {@code rowsUnknown} (of versions that are over),
 * {@code groupsInMemory}, {@code groupsAnnounced}, {@code versions}. {@code groupsRefused} counts a
 * group once while it stays refused, if it is among the {@link WatchedGroups#MAX_RESTING} that are
 * remembered; it counts again after five minutes without a row, and beyond those, with each row.
 */
public final class WatchOperator extends AbstractStreamOperator<PartialBatch>
    implements OneInputStreamOperator<PartialBatch, PartialBatch> {
  /** Changes of state, in the order in which they are told for each group. */
  public static final OutputTag<Alert> ALERTS = new OutputTag<>("alerts", AlertSerializer.TYPE);

  private static final long serialVersionUID = 1L;
  private static final int TIER_SECONDS = 10;

  private static final ListStateDescriptor<Long> WATERMARK =
      new ListStateDescriptor<>("watermark", LongSerializer.INSTANCE);
  private static final ListStateDescriptor<Long> FIRST_WATERMARK =
      new ListStateDescriptor<>("first-watermark", LongSerializer.INSTANCE);

  private final WatchConfig settings;
  private final KeyGroups keyGroups;
  private final int maxResting;

  private transient ListState<Long> storedWatermark;
  private transient ListState<Long> storedFirstWatermark;
  private transient long watermarkMs;
  private transient long firstWatermarkMs;
  private transient long newestEndMs;
  private transient KeyGroupRange range;
  private transient MetricNames names;
  private transient PartialReader reader;
  private transient PartialRow row;
  private transient PartialWriter others;
  private transient PartialBatch otherSeries;
  private transient StreamRecord<PartialBatch> element;
  private transient WatchStore store;
  private transient WatchedVersions versions;
  private transient WatchedGroups groups;
  private transient VerdictSender sender;
  private transient GroupJudge judge;
  private transient List<Touched> touched;

  private transient Counter amendmentsMissed;
  private transient Counter groupsRefused;
  private transient Counter rowsRefused;
  private transient Counter rowsUnknown;

  /** A group that has rows which were not judged yet. */
  private record Touched(WatchedVersion version, WatchedGroup group) {}

  public WatchOperator(WatchConfig settings, KeyGroups keyGroups) {
    this(settings, keyGroups, WatchedGroups.MAX_RESTING);
  }

  /**
   * @param maxResting refused groups that a task remembers
   */
  WatchOperator(WatchConfig settings, KeyGroups keyGroups, int maxResting) {
    this.settings = settings;
    this.keyGroups = keyGroups;
    this.maxResting = maxResting;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    storedWatermark = context.getOperatorStateStore().getUnionListState(WATERMARK);
    storedFirstWatermark = context.getOperatorStateStore().getUnionListState(FIRST_WATERMARK);
    watermarkMs = least(storedWatermark);
    firstWatermarkMs = least(storedFirstWatermark);
  }

  /** Of all tasks of the run before; the least long if there was none. */
  private static long least(ListState<Long> stored) throws Exception {
    long leastMs = Long.MAX_VALUE;
    boolean isRestored = false;
    for (long each : stored.get()) {
      leastMs = Math.min(leastMs, each);
      isRestored = true;
    }
    return isRestored ? leastMs : Long.MIN_VALUE;
  }

  @Override
  public void open() throws Exception {
    super.open();
    range = keyGroups.rangeOf(getRuntimeContext().getTaskInfo());
    names = new MetricNames(System.nanoTime());
    reader = new PartialReader(names);
    row = new PartialRow();
    others = new PartialWriter(names, new PartialBatch(1 << 12));
    otherSeries = new PartialBatch(1 << 10);
    element = new StreamRecord<>(otherSeries);
    versions = new WatchedVersions(names);
    touched = new ArrayList<>();
    newestEndMs = Long.MIN_VALUE;
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("watch");
    amendmentsMissed = group.counter("amendmentsMissed");
    groupsRefused = group.counter("groupsRefused");
    rowsRefused = group.counter("rowsRefused");
    rowsUnknown = group.counter("rowsUnknown");
    group.gauge("versions", () -> versions.all().size());
    store = new WatchStore(keyGroups, getKeyedStateBackend(), getRuntimeContext(), names);
    groups = new WatchedGroups(range, store, versions, maxResting);
    group.gauge("groupsInMemory", groups::inMemory);
    group.gauge("groupsAnnounced", groups::announced);
    sender =
        new VerdictSender(
            settings,
            batch -> output.collect(element.replace(batch)),
            alert -> output.collect(ALERTS, new StreamRecord<>(alert)),
            group);
    sender.useWatermark(watermarkMs, firstWatermarkMs);
    judge = new GroupJudge(settings, store, sender, group.counter("windowsJudged"));
    groups.restore(
        watermarkMs,
        (version, restored) -> {
          if (restored.isTouched()) {
            touched.add(new Touched(version, restored));
          }
        });
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> input) throws Exception {
    PartialBatch batch = input.getValue();
    switch (batch.kind()) {
      case PARTIALS -> {
        if (batch.tierSeconds() != TIER_SECONDS || !takeRows(batch)) {
          output.collect(input);
        }
      }
      case SERIES -> {
        if (!takeSeries(batch)) {
          output.collect(input);
        }
      }
      case DEFINITIONS -> {
        define(DefinitionSet.ofBytes(batch.toBytes()));
        output.collect(input);
      }
      case STATUS -> {
        sender.useStatus(IntakeStatus.ofBytes(batch.bytes(), batch.length()));
        tellIncomplete();
        output.collect(input);
      }
      case REPORT, VERDICTS, ANNOUNCED -> output.collect(input);
    }
  }

  // ---- definitions

  private void define(DefinitionSet definitions) {
    for (WatchedVersion version : versions.define(definitions, watermarkMs, overMs())) {
      Monitor monitor = version.windows.monitor();
      if (GroupJudge.isWhole(monitor)) {
        SeriesIdentity series =
            new SeriesIdentity(
                monitor.org(),
                CoarserSeries.ofMonitor(monitor.name(), monitor.version()),
                List.of());
        addWhole(version, series);
      }
    }
  }

  private void addWhole(WatchedVersion version, SeriesIdentity series) {
    long seriesId = series.hash()[0];
    int keyGroup = keyGroups.groupOf(seriesId);
    if (!range.contains(keyGroup)) {
      return;
    }
    WatchedGroup group = groups.whole(version, series, keyGroup);
    if (watermarkMs != Long.MIN_VALUE && group.nextEndMs == WatchedGroup.NONE) {
      group.beginMs = Math.max(version.windows.monitor().fromMs(), watermarkMs + 1);
      group.nextEndMs = version.windows.firstEndStartingAt(group.beginMs);
    }
    group.isDirty = true;
  }

  /** Versions that ended then or before are not needed any more. */
  private long overMs() {
    return watermarkMs == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : watermarkMs - settings.amendForMs() - Monitor.PANE_MS;
  }

  // ---- series

  /** Takes the monitors' series out of a batch; returns false if it holds none. */
  private boolean takeSeries(PartialBatch batch) throws Exception {
    otherSeries.reset(PartialBatch.Kind.SERIES, batch.keyGroup(), PartialBatch.OPEN);
    List<SeriesEntry> taken = new ArrayList<>();
    SeriesCodec.read(
        batch,
        entry -> {
          if (CoarserSeries.isMonitor(entry.identity().metric())) {
            taken.add(entry);
          } else {
            SeriesCodec.append(entry, otherSeries);
          }
        });
    for (SeriesEntry entry : taken) {
      announce(entry, batch.keyGroup());
    }
    if (!taken.isEmpty() && !otherSeries.isEmpty()) {
      output.collect(element.replace(otherSeries));
    }
    return !taken.isEmpty();
  }

  private void announce(SeriesEntry entry, int keyGroup) throws Exception {
    WatchedVersion version = versions.of(entry.identity().org(), entry.identity().metric());
    if (version.windows == null) {
      version.unknownSinceMs = Math.max(version.unknownSinceMs, watermarkMs);
    }
    groups.announce(version, entry, keyGroup);
  }

  // ---- rows

  /** Takes the monitors' rows out of a batch; returns false if it holds none. */
  private boolean takeRows(PartialBatch batch) throws Exception {
    int taken = 0;
    int left = 0;
    reader.open(batch);
    while (reader.next(row)) {
      if (versions.isMonitor(row.name)) {
        taken++;
        take(batch.keyGroup());
      } else {
        left++;
      }
    }
    if (taken > 0 && left > 0) {
      others.begin(batch.keyGroup(), TIER_SECONDS);
      reader.open(batch);
      while (reader.next(row)) {
        if (!versions.isMonitor(row.name)) {
          others.write(row);
        }
      }
      output.collect(element.replace(others.batch()));
    }
    return taken > 0;
  }

  private void take(int keyGroup) throws Exception {
    WatchedVersion version = versions.of(row.name);
    WatchedGroup group = version == null ? null : groups.find(version, row.seriesId, keyGroup);
    if (group == null) {
      rowsUnknown.inc();
      return;
    }
    newestEndMs = Math.max(newestEndMs, row.windowStartMs + Monitor.PANE_MS);
    if (isTooOld(version, group) || isRefused(version, group)) {
      groups.leave(version, group, floorMs(version));
      return;
    }
    groups.keep(version, group);
    if (!group.isMember()) {
      version.addMember(group.keyGroup);
    }
    if (group.nextEndMs == WatchedGroup.NONE
        && watermarkMs != Long.MIN_VALUE
        && version.windows != null) {
      group.nextEndMs = version.windows.firstEndAfter(watermarkMs + 1);
    }
    boolean wasTouched = group.isTouched();
    group.touch(row.windowStartMs, group.times.add(row.windowStartMs));
    store.add(group, row);
    if (!wasTouched) {
      touched.add(new Touched(version, group));
    }
  }

  private boolean isTooOld(WatchedVersion version, WatchedGroup group) {
    if (version.windows != null
        && watermarkMs != Long.MIN_VALUE
        && version.windows.firstEndAfter(row.windowStartMs)
            <= watermarkMs - settings.amendForMs()) {
      amendmentsMissed.inc(); // of one window at least
    }
    return row.windowStartMs < Math.max(group.times.floorMs(), floorMs(version));
  }

  /** First pane of which a row is taken; the least long if that cannot be said yet. */
  private long floorMs(WatchedVersion version) {
    return version.windows == null || watermarkMs == Long.MIN_VALUE
        ? Long.MIN_VALUE
        : judge.floorMs(version.windows, watermarkMs);
  }

  /** A refused group begins anew behind what was refused of it, once there is room. */
  private boolean isRefused(WatchedVersion version, WatchedGroup group) {
    if (group.isMember()
        || version.windows == null
        || GroupJudge.isWhole(version.windows.monitor())
        || version.members(group.keyGroup)
            < WatchedVersion.maxMembers(
                version.windows.monitor().maxGroups(), keyGroups.maxParallelism())) {
      group.isRefused = false;
      return false;
    }
    if (!group.isRefused) {
      groupsRefused.inc();
      group.isRefused = true;
    }
    rowsRefused.inc();
    group.beginMs = Math.max(group.beginMs, row.windowStartMs + Monitor.PANE_MS);
    group.isDirty = true;
    return true;
  }

  // ---- time

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    // at the end of all input, time goes as far as there are rows; and after a restore the sources
    // begin below what this task has seen
    long reachedMs = mark.equals(Watermark.MAX_WATERMARK) ? newestEndMs - 1 : mark.getTimestamp();
    if (newestEndMs != Long.MIN_VALUE || !mark.equals(Watermark.MAX_WATERMARK)) {
      advance(Math.max(watermarkMs, reachedMs));
    }
    super.processWatermark(mark);
  }

  private void advance(long reachedMs) throws Exception {
    if (watermarkMs == Long.MIN_VALUE) {
      firstWatermarkMs = reachedMs;
    }
    long frozenMs =
        (watermarkMs == Long.MIN_VALUE ? reachedMs : watermarkMs) - settings.amendForMs();
    watermarkMs = reachedMs;
    sender.useWatermark(watermarkMs, firstWatermarkMs);
    judgeTouched(frozenMs);
    List<WatchedVersion> ended = new ArrayList<>();
    for (WatchedVersion version : versions.all()) {
      judgeAll(version, frozenMs);
      if (isOver(version)) {
        ended.add(version);
      }
    }
    sender.flush();
    remove(ended);
  }

  private void judgeTouched(long frozenMs) throws Exception {
    List<Touched> waiting = new ArrayList<>();
    for (Touched each : touched) {
      if (each.version.windows == null) {
        waiting.add(each);
        continue;
      }
      each.group.catchUp(each.version);
      judge.judge(each.group, each.version.windows, watermarkMs, frozenMs);
      judge.judgeEarly(each.group, each.version.windows);
    }
    touched = waiting;
  }

  private void judgeAll(WatchedVersion version, long frozenMs) throws Exception {
    if (version.windows == null) {
      return;
    }
    version.judgedMs = watermarkMs;
    if (version.windows.lastEndAt(watermarkMs) <= version.judgedEndMs) {
      return;
    }
    version.judgedEndMs = version.windows.lastEndAt(watermarkMs);
    for (var each = version.groups.values().iterator(); each.hasNext(); ) {
      WatchedGroup group = each.next();
      judge.judge(group, version.windows, watermarkMs, frozenMs);
      if (judge.removeOld(group, version.windows, watermarkMs)) {
        version.removeMember(group.keyGroup);
      }
      if (!group.matters()) {
        each.remove();
        groups.putAway(version, group, floorMs(version));
      }
    }
  }

  private boolean isOver(WatchedVersion version) {
    return version.windows == null
        ? version.unknownSinceMs < overMs()
        : version.windows.untilMs() <= overMs();
  }

  private void remove(List<WatchedVersion> ended) throws Exception {
    if (ended.isEmpty()) {
      return;
    }
    groups.remove(ended);
    touched.removeIf(each -> ended.contains(each.version));
    versions.remove(ended);
  }

  private void tellIncomplete() throws Exception {
    IntakeStatus status = sender.status();
    if (status.stalled().isEmpty() || status.nowMs() == IntakeStatus.UNKNOWN) {
      return;
    }
    for (WatchedVersion version : versions.all()) {
      if (version.windows == null) {
        continue;
      }
      long dueMs = status.nowMs() - settings.incompleteAfterMs();
      long endMs = version.windows.lastEndUpTo(Math.min(dueMs, version.windows.untilMs()));
      boolean isHeld =
          watermarkMs == Long.MIN_VALUE || endMs > version.windows.lastEndAt(watermarkMs);
      if (isHeld && endMs > version.incompleteEndMs) {
        version.incompleteEndMs = endMs;
        for (WatchedGroup group : version.groups.values()) {
          judge.tellIncomplete(group, version.windows, endMs);
        }
      }
    }
    sender.flush();
  }

  // ---- barriers

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
    if (watermarkMs != Long.MIN_VALUE) {
      judgeTouched(watermarkMs - settings.amendForMs());
      sender.flush();
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    groups.write(watermarkMs);
    storedWatermark.update(List.of(watermarkMs));
    storedFirstWatermark.update(List.of(firstWatermarkMs));
    super.snapshotState(context);
  }
}
