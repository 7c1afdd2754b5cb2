package tidemark.operators.control;

import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import tidemark.operators.KeyGroups;
import tidemark.serde.partial.PartialBatch;

/**
 * Brings the news of the control stage into a chain: they go to the stages behind it like any other
 * batch, and its watermark is the lesser of both inputs', also while one of them is idle. Costs a
 * call per batch.
 *
 * <p>State: the definitions as they came last, some hundred bytes each, which are said again at
 * each start, before anything else: stages behind it need not keep them. Every task has the same at
 * a barrier, so the first one writes them for all.
 */
public final class GateOperator extends AbstractStreamOperator<PartialBatch>
    implements TwoInputStreamOperator<PartialBatch, PartialBatch, PartialBatch> {
  private static final long serialVersionUID = 1L;
  // Part of every savepoint: a new name is a new, empty state.
  private static final ListStateDescriptor<byte[]> DEFINITIONS =
      new ListStateDescriptor<>("definitions", BytePrimitiveArraySerializer.INSTANCE);

  private final KeyGroups keyGroups;

  private transient ListState<byte[]> stored;
  private transient byte[] definitions;
  private transient int ownGroup;
  private transient StreamRecord<PartialBatch> element;
  private transient LesserWatermark watermark;

  public GateOperator(KeyGroups keyGroups) {
    this.keyGroups = keyGroups;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    stored = context.getOperatorStateStore().getUnionListState(DEFINITIONS);
    definitions = new byte[0];
    for (byte[] each : stored.get()) {
      definitions = each;
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    element = new StreamRecord<>(null);
    watermark = new LesserWatermark(output::emitWatermark);
    ownGroup = keyGroups.rangeOf(getRuntimeContext().getTaskInfo()).getStartKeyGroup();
    if (definitions.length > 0) {
      pass(PartialBatch.Kind.DEFINITIONS, definitions); // what follows in the chain is open already
    }
  }

  @Override
  public void processElement1(StreamRecord<PartialBatch> rows) {
    output.collect(rows);
  }

  @Override
  public void processElement2(StreamRecord<PartialBatch> news) {
    PartialBatch batch = news.getValue();
    byte[] bytes = batch.toBytes();
    if (batch.kind() == PartialBatch.Kind.DEFINITIONS) {
      definitions = bytes;
    }
    pass(batch.kind(), bytes);
  }

  /** Under a key group of this task: the stages behind are keyed. */
  private void pass(PartialBatch.Kind kind, byte[] bytes) {
    output.collect(element.replace(PartialBatch.of(kind, ownGroup, PartialBatch.OPEN, bytes)));
  }

  @Override
  public void processWatermark1(Watermark mark) {
    watermark.ofFirst(mark);
  }

  @Override
  public void processWatermark2(Watermark mark) {
    watermark.ofSecond(mark);
  }

  /** An idle input holds like any other, see {@link LesserWatermark}. */
  @Override
  protected void processWatermarkStatus(WatermarkStatus status, int input) {}

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    stored.clear();
    if (definitions.length > 0 && getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      stored.add(definitions);
    }
  }
}
