package tidemark.serde.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * State format of {@link SeriesTimeKey}; big-endian, so that RocksDB keeps a series together.
 *
 * <pre>
 * v1  i64 series id | i64 time, ms
 * </pre>
 */
public final class SeriesTimeKeySerializer extends ValueSerializer<SeriesTimeKey> {
  public static final SeriesTimeKeySerializer INSTANCE = new SeriesTimeKeySerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;

  @Override
  public SeriesTimeKey createInstance() {
    return new SeriesTimeKey(0L, 0L);
  }

  @Override
  public int getLength() {
    return 16;
  }

  @Override
  public void serialize(SeriesTimeKey key, DataOutputView target) throws IOException {
    target.writeLong(key.seriesId());
    target.writeLong(key.timeMs());
  }

  @Override
  public SeriesTimeKey deserialize(DataInputView source) throws IOException {
    return new SeriesTimeKey(source.readLong(), source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<SeriesTimeKey> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<SeriesTimeKey> {
    public Snapshot() {
      super(V1, SeriesTimeKeySerializer::new);
    }
  }
}
