package tidemark.operators.control;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.IntStream;
import org.apache.flink.api.common.operators.ProcessingTimeService.ProcessingTimeCallback;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.operators.DeadLetter;
import tidemark.operators.DeadLetterSerializer;
import tidemark.operators.IntakeRecord;
import tidemark.serde.definition.DefinitionCodec;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.IntakeStatus;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.wire.IntakeHeaders;
import tidemark.state.definition.Definition;

/**
 * Gathers definitions from their topic and the state of the intake from all source tasks, and
 * broadcasts both in front of its own watermark. Runs once, at parallelism 1; sees a record per
 * definition, and one per source task and second.
 *
 * <p>All tasks parse what is broadcast, so definitions are gathered, and told together: at the
 * start, and before the first watermark that reaches the time from which one of them counts. That
 * is a full 10 s behind its record or later, so they are told at most once in 10 s of event time,
 * however many changes there are. While a partition stalls, they are told when the clock reaches
 * that time: windows that are overdue by it are spoken of.
 *
 * <p>Its watermark is the lesser of its inputs', and held while a partition of the intake that is
 * known to exist has not been read at all: points of it may be of any time. An idle input holds it.
 * The end of all input ends that, too: whoever drains the job wants its windows closed. State of
 * another topic is refused: Flink's source would go on reading that one, too, which nobody writes
 * heartbeats into any more. A record that is no definition, or one that its org may not have,
 * becomes a dead letter. State: the definitions, told or not, and the state of the intake, some
 * hundred bytes for each definition and partition; versions that ended long ago are forgotten.
 *
 * <p>Metrics, group {@code tidemark.control}: {@code definitionsTaken}, {@code definitionsRefused},
 * {@code definitionsTold} (broadcasts of all), {@code rulesAndMonitors}, {@code partitionsStalled},
 * {@code provenMs}.
 */
public final class ControlOperator extends AbstractStreamOperator<PartialBatch>
    implements TwoInputStreamOperator<IntakeRecord, PartialBatch, PartialBatch>,
        ProcessingTimeCallback {
  public static final OutputTag<DeadLetter> DEAD_LETTERS =
      new OutputTag<>("definition-dead-letters", DeadLetterSerializer.TYPE);

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ControlOperator.class);
  private static final long INTERVAL_MS = 1_000;
  private static final int ANY_GROUP = 0;
  private static final long AT_ONCE = Long.MIN_VALUE;
  private static final long NEVER = Long.MAX_VALUE;

  // Part of every savepoint: new names are new, empty states.
  private static final ListStateDescriptor<byte[]> DEFINITIONS =
      new ListStateDescriptor<>("definitions", BytePrimitiveArraySerializer.INSTANCE);
  private static final ListStateDescriptor<byte[]> STATUS =
      new ListStateDescriptor<>("intake-status", BytePrimitiveArraySerializer.INSTANCE);

  private final ControlConfig settings;
  private final String sourceTopic;

  private transient ListState<byte[]> storedDefinitions;
  private transient ListState<byte[]> storedStatus;
  private transient DefinitionSet definitions;
  private transient IntakeStatus status;
  private transient IntakeWatch watch;
  private transient long tellByMs; // event time that the tasks must not pass without being told
  private transient LesserWatermark inputs;
  private transient long inputMs;
  private transient long emittedMs;
  private transient ScheduledFuture<?> next;

  private transient Counter taken;
  private transient Counter refused;
  private transient Counter told;

  /**
   * @param sourceTopic where points come from
   */
  public ControlOperator(ControlConfig settings, String sourceTopic) {
    this.settings = settings;
    this.sourceTopic = sourceTopic;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    storedDefinitions = context.getOperatorStateStore().getListState(DEFINITIONS);
    storedStatus = context.getOperatorStateStore().getListState(STATUS);
    definitions = DefinitionSet.empty();
    for (byte[] bytes : storedDefinitions.get()) {
      definitions = DefinitionSet.ofBytes(bytes);
    }
    status = IntakeStatus.empty();
    for (byte[] bytes : storedStatus.get()) {
      status = IntakeStatus.ofBytes(bytes, bytes.length);
    }
    for (String topic : status.topics()) {
      requireSourceTopic(topic);
    }
  }

  private void requireSourceTopic(String topic) {
    if (!topic.equals(sourceTopic)) {
      throw new IllegalStateException(
          ("the state that this job starts from was read from topic %s, and tidemark.source.topic is"
                  + " %s: its partitions would hold the watermark for ever; name the topic of"
                  + " before, or start without state")
              .formatted(topic, sourceTopic));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    watch = new IntakeWatch(settings.stalledAfterMs());
    inputs = new LesserWatermark(this::reach);
    inputMs = Long.MIN_VALUE;
    emittedMs = Long.MIN_VALUE;
    tellByMs = AT_ONCE; // a checkpoint may hold what nobody was told
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("control");
    taken = group.counter("definitionsTaken");
    refused = group.counter("definitionsRefused");
    told = group.counter("definitionsTold");
    group.gauge("rulesAndMonitors", () -> definitions.all().size());
    group.gauge("partitionsStalled", () -> status.stalled().size());
    group.gauge("provenMs", () -> status.provenMs());
    schedule();
  }

  private void schedule() {
    long nowMs = getProcessingTimeService().getCurrentProcessingTime();
    next = getProcessingTimeService().registerTimer(nowMs + INTERVAL_MS, this);
  }

  @Override
  public void onProcessingTime(long time) {
    tell(emittedMs);
    schedule();
  }

  @Override
  public void processElement1(StreamRecord<IntakeRecord> element) {
    IntakeRecord record = element.getValue();
    if (record.isHeartbeat()) {
      return; // it has done its work in the watermark
    }
    try {
      if (!record.format().equals(IntakeHeaders.DEFINITION)) {
        throw new IllegalArgumentException(
            "a record of the control topic must be a definition, got format " + record.format());
      }
      Definition definition = DefinitionCodec.ofJson(record.value());
      gather(definition, record.brokerTimeMs());
      taken.inc();
      LOG.info("took {} at offset {}", definition, record.offset());
    } catch (IllegalArgumentException e) {
      refuse(record, e);
    }
  }

  /** What it changes, it changes for windows from its own start on: also what it replaces. */
  private void gather(Definition definition, long brokerTimeMs) {
    DefinitionSet changed = definitions.with(definition, brokerTimeMs, settings.limits());
    if (!changed.equals(definitions)) {
      definitions = changed;
      tellByMs = Math.min(tellByMs, DefinitionSet.effectiveFromMs(definition, brokerTimeMs));
    }
  }

  private void refuse(IntakeRecord record, RuntimeException cause) {
    if (record.value().length == 0) {
      return; // a tombstone: compaction removes what was ended long ago
    }
    refused.inc();
    String text = new String(record.value(), StandardCharsets.UTF_8);
    LOG.warn("definition at offset {} is refused: {}", record.offset(), text, cause);
    output.collect(
        DEAD_LETTERS,
        new StreamRecord<>(
            new DeadLetter(
                record.topic(),
                record.partition(),
                record.offset(),
                "control",
                "bad-definition",
                0,
                record.value())));
  }

  @Override
  public void processElement2(StreamRecord<PartialBatch> element) {
    PartialBatch batch = element.getValue();
    status = status.merge(IntakeStatus.ofBytes(batch.bytes(), batch.length()));
    advance();
  }

  @Override
  public void processWatermark1(Watermark mark) {
    inputs.ofFirst(mark);
  }

  @Override
  public void processWatermark2(Watermark mark) {
    inputs.ofSecond(mark);
  }

  /** An idle input holds like any other, see {@link LesserWatermark}. */
  @Override
  protected void processWatermarkStatus(WatermarkStatus inputStatus, int input) {}

  private void reach(Watermark mark) {
    inputMs = mark.getTimestamp();
    advance();
  }

  /** News go before the watermark that rests on them. */
  private void advance() {
    boolean isEnd = inputMs == Watermark.MAX_WATERMARK.getTimestamp();
    if (inputMs > emittedMs && (isEnd || !isHeld())) {
      tell(inputMs);
      emittedMs = inputMs;
      output.emitWatermark(new Watermark(emittedMs));
    }
  }

  /** Whether a partition that is known to exist was never read. */
  private boolean isHeld() {
    return status.expected().entrySet().stream()
        .anyMatch(
            topic ->
                IntStream.range(0, topic.getValue())
                    .mapToObj(number -> IntakeStatus.partitionName(topic.getKey(), number))
                    .anyMatch(name -> !status.partitions().containsKey(name)));
  }

  /**
   * @param reachMs watermark that the tasks have or are about to get
   */
  private void tell(long reachMs) {
    long nowMs = getProcessingTimeService().getCurrentProcessingTime();
    status = watch.at(status, nowMs);
    tellDefinitions(status.stalled().isEmpty() ? reachMs : Math.max(reachMs, nowMs));
    send(PartialBatch.Kind.STATUS, status.toBytes());
  }

  private void tellDefinitions(long reachMs) {
    if (emittedMs > settings.limits().keepEndedMs()) {
      definitions = definitions.withoutEndedBefore(emittedMs - settings.limits().keepEndedMs());
    }
    if (tellByMs != NEVER && tellByMs <= reachMs) {
      tellByMs = NEVER;
      told.inc();
      send(PartialBatch.Kind.DEFINITIONS, definitions.toBytes());
    }
  }

  private void send(PartialBatch.Kind kind, byte[] bytes) {
    output.collect(new StreamRecord<>(PartialBatch.of(kind, ANY_GROUP, PartialBatch.OPEN, bytes)));
  }

  /**
   * How far the intake is goes before the barrier. Definitions may wait beyond it: they are in this
   * operator's state, and a restored one tells all before it emits a watermark.
   */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    tell(emittedMs);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    storedDefinitions.clear();
    storedDefinitions.add(definitions.toBytes());
    storedStatus.clear();
    storedStatus.add(status.toBytes());
  }

  @Override
  public void close() throws Exception {
    if (next != null) {
      next.cancel(false);
    }
    super.close();
  }
}
