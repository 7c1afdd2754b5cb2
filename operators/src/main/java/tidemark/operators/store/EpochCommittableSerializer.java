package tidemark.operators.store;

import java.io.DataInputStream;
import java.io.IOException;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Format of {@link EpochCommittable}, in terms of {@link StoreBytes}. It lies in savepoints.
 *
 * <pre>
 * v1  text lineage | i64 checkpoint | texts rollup files | texts series files | map summary
 * </pre>
 */
final class EpochCommittableSerializer implements SimpleVersionedSerializer<EpochCommittable> {
  private static final int V1 = 1;

  @Override
  public int getVersion() {
    return V1;
  }

  @Override
  public byte[] serialize(EpochCommittable epoch) throws IOException {
    return StoreBytes.write(
        out -> {
          StoreBytes.putText(out, epoch.lineage());
          out.writeLong(epoch.checkpoint());
          StoreBytes.putTexts(out, epoch.rollupFiles());
          StoreBytes.putTexts(out, epoch.seriesFiles());
          StoreBytes.putMap(out, epoch.summary());
        });
  }

  @Override
  public EpochCommittable deserialize(int version, byte[] serialized) throws IOException {
    StoreBytes.expectVersion("an epoch waiting for its commit", version, V1);
    try (DataInputStream in = StoreBytes.read(serialized)) {
      EpochCommittable epoch =
          new EpochCommittable(
              StoreBytes.text(in),
              in.readLong(),
              StoreBytes.texts(in),
              StoreBytes.texts(in),
              StoreBytes.map(in));
      StoreBytes.expectEnd(in);
      return epoch;
    }
  }
}
