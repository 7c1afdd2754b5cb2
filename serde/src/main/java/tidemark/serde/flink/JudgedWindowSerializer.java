package tidemark.serde.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.state.monitor.Judgement;
import tidemark.state.monitor.VerdictStatus;

/**
 * State format of {@link JudgedWindow}; big-endian.
 *
 * <pre>
 * v1  u8 status | u8 level | f64 value | i64 points | i32 revision | u8 is provisional
 * </pre>
 */
public final class JudgedWindowSerializer extends ValueSerializer<JudgedWindow> {
  public static final JudgedWindowSerializer INSTANCE = new JudgedWindowSerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;
  private static final VerdictStatus[] STATUSES = VerdictStatus.values();

  @Override
  public JudgedWindow createInstance() {
    return new JudgedWindow(Judgement.NEW, 0.0, 0L, 0, false);
  }

  @Override
  public int getLength() {
    return 23;
  }

  @Override
  public void serialize(JudgedWindow window, DataOutputView target) throws IOException {
    target.writeByte(window.judgement().status().ordinal());
    target.writeByte(window.judgement().level().ordinal());
    target.writeDouble(window.value());
    target.writeLong(window.points());
    target.writeInt(window.revision());
    target.writeBoolean(window.isProvisional());
  }

  @Override
  public JudgedWindow deserialize(DataInputView source) throws IOException {
    Judgement judgement =
        new Judgement(STATUSES[source.readUnsignedByte()], STATUSES[source.readUnsignedByte()]);
    return new JudgedWindow(
        judgement, source.readDouble(), source.readLong(), source.readInt(), source.readBoolean());
  }

  @Override
  public TypeSerializerSnapshot<JudgedWindow> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<JudgedWindow> {
    public Snapshot() {
      super(V1, JudgedWindowSerializer::new);
    }
  }
}
