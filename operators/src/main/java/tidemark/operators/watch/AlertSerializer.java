package tidemark.operators.watch;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.operators.StreamSerializer;
import tidemark.operators.StreamType;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.verdict.VerdictCodec;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.VerdictStatus;

/** {@code u8 status before | i32 length, the verdict alone} as {@link VerdictCodec} lays it out. */
public final class AlertSerializer extends StreamSerializer<Alert> {
  public static final TypeInformation<Alert> TYPE =
      StreamType.of(Alert.class, AlertSerializer::new);
  private static final long serialVersionUID = 1L;
  private static final VerdictStatus[] STATUSES = VerdictStatus.values();

  @Override
  public Alert createInstance() {
    throw new UnsupportedOperationException("there is no empty alert");
  }

  @Override
  public Alert copy(Alert from) {
    return from; // immutable
  }

  @Override
  public void serialize(Alert alert, DataOutputView target) throws IOException {
    PartialBatch batch = new PartialBatch(512);
    batch.reset(PartialBatch.Kind.VERDICTS, 0, PartialBatch.OPEN);
    new VerdictCodec().append(alert.verdict(), batch);
    target.writeByte(alert.before().ordinal());
    target.writeInt(batch.length());
    target.write(batch.bytes(), 0, batch.length());
  }

  @Override
  public Alert deserialize(DataInputView source) throws IOException {
    VerdictStatus before = STATUSES[source.readUnsignedByte()];
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    Alert[] read = new Alert[1];
    VerdictCodec.read(
        PartialBatch.of(PartialBatch.Kind.VERDICTS, 0, PartialBatch.OPEN, bytes),
        verdict -> read[0] = new Alert(verdict, before));
    return read[0];
  }

  @Override
  public TypeSerializerSnapshot<Alert> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Alert> {
    public Snapshot() {
      super(AlertSerializer::new);
    }
  }
}
