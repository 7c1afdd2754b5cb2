package tidemark.operators;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Refuses to serialize: an {@link IntakeBatch} is shared by the stages of one task and means
 * nothing outside it.
 */
public final class IntakeBatchSerializer extends StreamSerializer<IntakeBatch> {
  public static final TypeInformation<IntakeBatch> TYPE =
      StreamType.of(IntakeBatch.class, IntakeBatchSerializer::new);
  private static final long serialVersionUID = 1L;

  @Override
  public IntakeBatch createInstance() {
    return new IntakeBatch();
  }

  @Override
  public IntakeBatch copy(IntakeBatch from) {
    throw mustChain();
  }

  @Override
  public void serialize(IntakeBatch batch, DataOutputView target) {
    throw mustChain();
  }

  @Override
  public IntakeBatch deserialize(DataInputView source) {
    throw mustChain();
  }

  private static IllegalStateException mustChain() {
    return new IllegalStateException(
        "decode, admit and combine must run chained in one task with object reuse;"
            + " leave pipeline.operator-chaining.enabled and pipeline.object-reuse on");
  }

  @Override
  public TypeSerializerSnapshot<IntakeBatch> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<IntakeBatch> {
    public Snapshot() {
      super(IntakeBatchSerializer::new);
    }
  }
}
