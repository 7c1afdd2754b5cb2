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
import tidemark.serde.definition.DefinitionLimits;
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
 * <p>Its watermark is the lesser of its inputs', and held while a partition of the intake that is
 * known to exist has not been read at all: points of it may be of any time. An idle input holds it.
 * A record that is no definition, or one that its org may not have, becomes a dead letter. State:
 * the definitions and the state of the intake, some hundred bytes for each definition and
 * partition; versions that ended long ago are forgotten.
 *
 * <p>Metrics, group {@code tidemark.control}: {@code definitionsTaken}, {@code definitionsRefused},
 * {@code rulesAndMonitors}, {@code partitionsStalled}, {@code provenMs}.
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

  // Part of every savepoint: new names are new, empty states.
  private static final ListStateDescriptor<byte[]> DEFINITIONS =
      new ListStateDescriptor<>("definitions", BytePrimitiveArraySerializer.INSTANCE);
  private static final ListStateDescriptor<byte[]> STATUS =
      new ListStateDescriptor<>("intake-status", BytePrimitiveArraySerializer.INSTANCE);

  private final ControlConfig settings;

  private transient ListState<byte[]> storedDefinitions;
  private transient ListState<byte[]> storedStatus;
  private transient DefinitionSet definitions;
  private transient IntakeStatus status;
  private transient IntakeWatch watch;
  private transient boolean isToBeTold;
  private transient LesserWatermark inputs;
  private transient long inputMs;
  private transient long emittedMs;
  private transient ScheduledFuture<?> next;

  private transient Counter taken;
  private transient Counter refused;

  public ControlOperator(ControlConfig settings) {
    this.settings = settings;
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
  }

  @Override
  public void open() throws Exception {
    super.open();
    watch = new IntakeWatch(settings.stalledAfterMs());
    inputs = new LesserWatermark(this::reach);
    inputMs = Long.MIN_VALUE;
    emittedMs = Long.MIN_VALUE;
    isToBeTold = true;
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("control");
    taken = group.counter("definitionsTaken");
    refused = group.counter("definitionsRefused");
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
    tell();
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
      definitions = definitions.with(definition, record.brokerTimeMs(), limits());
      taken.inc();
      isToBeTold = true;
      LOG.info("took {} at offset {}", definition, record.offset());
    } catch (IllegalArgumentException | ArithmeticException e) { // times at the end of all time
      refuse(record, e);
    }
  }

  private DefinitionLimits limits() {
    return new DefinitionLimits(settings.maxRules(), settings.maxMonitors());
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
    if (inputMs > emittedMs && !isHeld()) {
      tell();
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

  private void tell() {
    if (emittedMs > settings.keepEndedMs()) {
      definitions = definitions.withoutEndedBefore(emittedMs - settings.keepEndedMs());
    }
    if (isToBeTold) {
      isToBeTold = false;
      send(PartialBatch.Kind.DEFINITIONS, definitions.toBytes());
    }
    status = watch.at(status, getProcessingTimeService().getCurrentProcessingTime());
    send(PartialBatch.Kind.STATUS, status.toBytes());
  }

  private void send(PartialBatch.Kind kind, byte[] bytes) {
    output.collect(new StreamRecord<>(PartialBatch.of(kind, ANY_GROUP, PartialBatch.OPEN, bytes)));
  }

  /** What was taken before a barrier is told before it. */
  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    tell();
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
