package tidemark.serde.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.state.MetricType;

/**
 * State format of {@link SeenKey}; big-endian.
 *
 * <pre>
 * v1  i64 series id | u8 type
 * </pre>
 */
public final class SeenKeySerializer extends ValueSerializer<SeenKey> {
  public static final SeenKeySerializer INSTANCE = new SeenKeySerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;

  @Override
  public SeenKey createInstance() {
    return new SeenKey(0L, MetricType.COUNTER);
  }

  @Override
  public int getLength() {
    return 9;
  }

  @Override
  public void serialize(SeenKey key, DataOutputView target) throws IOException {
    target.writeLong(key.seriesId());
    target.writeByte(key.type().code());
  }

  @Override
  public SeenKey deserialize(DataInputView source) throws IOException {
    return new SeenKey(source.readLong(), MetricType.ofCode(source.readByte()));
  }

  @Override
  public TypeSerializerSnapshot<SeenKey> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<SeenKey> {
    public Snapshot() {
      super(V1, SeenKeySerializer::new);
    }
  }
}
