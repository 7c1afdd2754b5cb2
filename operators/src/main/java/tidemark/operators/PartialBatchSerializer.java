package tidemark.operators;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.serde.partial.PartialBatch;

/**
 * {@code u8 kind | i32 key group | i32 tier, s | i32 length, bytes}: the bytes pass through Flink's
 * network stack as they are.
 */
public final class PartialBatchSerializer extends StreamSerializer<PartialBatch> {
  public static final TypeInformation<PartialBatch> TYPE =
      StreamType.of(PartialBatch.class, PartialBatchSerializer::new);
  private static final long serialVersionUID = 1L;
  private static final PartialBatch.Kind[] KINDS = PartialBatch.Kind.values();

  @Override
  public PartialBatch createInstance() {
    return new PartialBatch(0);
  }

  @Override
  public PartialBatch copy(PartialBatch from) {
    return from.copy();
  }

  @Override
  public void serialize(PartialBatch batch, DataOutputView target) throws IOException {
    target.writeByte(batch.kind().ordinal());
    target.writeInt(batch.keyGroup());
    target.writeInt(batch.tierSeconds());
    target.writeInt(batch.length());
    target.write(batch.bytes(), 0, batch.length());
  }

  @Override
  public PartialBatch deserialize(DataInputView source) throws IOException {
    return deserialize(new PartialBatch(0), source);
  }

  @Override
  public PartialBatch deserialize(PartialBatch reuse, DataInputView source) throws IOException {
    PartialBatch.Kind kind = KINDS[source.readByte()];
    int keyGroup = source.readInt();
    int tierSeconds = source.readInt();
    int length = source.readInt();
    reuse.reset(kind, keyGroup, tierSeconds);
    source.readFully(reuse.reserve(length), 0, length);
    reuse.setLength(length);
    return reuse;
  }

  @Override
  public TypeSerializerSnapshot<PartialBatch> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<PartialBatch> {
    public Snapshot() {
      super(PartialBatchSerializer::new);
    }
  }
}
