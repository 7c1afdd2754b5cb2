package tidemark.serde.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * State format of a run of partial aggregates.
 *
 * <pre>
 * v1  i32 length | rows as tidemark.serde.partial.PartialFormat v1 lays them out
 * </pre>
 */
public final class RunSerializer extends ValueSerializer<byte[]> {
  public static final RunSerializer INSTANCE = new RunSerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;

  @Override
  public byte[] createInstance() {
    return new byte[0];
  }

  @Override
  public void serialize(byte[] run, DataOutputView target) throws IOException {
    target.writeInt(run.length);
    target.write(run);
  }

  @Override
  public byte[] deserialize(DataInputView source) throws IOException {
    byte[] run = new byte[source.readInt()];
    source.readFully(run);
    return run;
  }

  @Override
  public TypeSerializerSnapshot<byte[]> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<byte[]> {
    public Snapshot() {
      super(V1, RunSerializer::new);
    }
  }
}
