package tidemark.operators;

import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Lets a harness keep the batch that an operator sends on, which is always the same one. */
public final class SharedIntakeBatchSerializer extends StreamSerializer<IntakeBatch> {
  private static final long serialVersionUID = 1L;

  @Override
  public IntakeBatch createInstance() {
    return new IntakeBatch();
  }

  @Override
  public IntakeBatch copy(IntakeBatch from) {
    return from;
  }

  @Override
  public void serialize(IntakeBatch batch, DataOutputView target) {
    throw new UnsupportedOperationException("a batch is shared, not written");
  }

  @Override
  public IntakeBatch deserialize(DataInputView source) {
    throw new UnsupportedOperationException("a batch is shared, not read");
  }

  @Override
  public TypeSerializerSnapshot<IntakeBatch> snapshotConfiguration() {
    throw new UnsupportedOperationException("a batch never lies in state");
  }
}
