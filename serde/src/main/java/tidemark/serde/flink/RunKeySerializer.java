package tidemark.serde.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * State format of {@link RunKey}; big-endian, so that RocksDB keeps the runs of a window together.
 *
 * <pre>
 * v1  i64 window start, ms | i32 run
 * </pre>
 */
public final class RunKeySerializer extends ValueSerializer<RunKey> {
  public static final RunKeySerializer INSTANCE = new RunKeySerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;

  @Override
  public RunKey createInstance() {
    return new RunKey(0L, 0);
  }

  @Override
  public int getLength() {
    return 12;
  }

  @Override
  public void serialize(RunKey key, DataOutputView target) throws IOException {
    target.writeLong(key.windowStartMs());
    target.writeInt(key.run());
  }

  @Override
  public RunKey deserialize(DataInputView source) throws IOException {
    return new RunKey(source.readLong(), source.readInt());
  }

  @Override
  public TypeSerializerSnapshot<RunKey> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<RunKey> {
    public Snapshot() {
      super(V1, RunKeySerializer::new);
    }
  }
}
