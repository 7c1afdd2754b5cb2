package tidemark.serde.flink;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * State format of {@link SeenSeries}; big-endian.
 *
 * <pre>
 * v1  i64 check | i64 first seen, ms | i64 last seen, ms
 * </pre>
 */
public final class SeenSeriesSerializer extends ValueSerializer<SeenSeries> {
  public static final SeenSeriesSerializer INSTANCE = new SeenSeriesSerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;

  @Override
  public SeenSeries createInstance() {
    return new SeenSeries(0L, 0L, 0L);
  }

  @Override
  public int getLength() {
    return 24;
  }

  @Override
  public void serialize(SeenSeries seen, DataOutputView target) throws IOException {
    target.writeLong(seen.check());
    target.writeLong(seen.firstSeenMs());
    target.writeLong(seen.lastSeenMs());
  }

  @Override
  public SeenSeries deserialize(DataInputView source) throws IOException {
    return new SeenSeries(source.readLong(), source.readLong(), source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<SeenSeries> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<SeenSeries> {
    public Snapshot() {
      super(V1, SeenSeriesSerializer::new);
    }
  }
}
