package tidemark.serde.flink;

import java.io.IOException;
import java.util.function.Supplier;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Written next to the state: tells a later build which format version the bytes are in.
 *
 * @param <T> type of the value in state
 */
abstract class ValueSnapshot<T> implements TypeSerializerSnapshot<T> {
  private final int oldest;
  private final int version;
  private final Supplier<TypeSerializer<T>> serializer;

  ValueSnapshot(int version, Supplier<TypeSerializer<T>> serializer) {
    this(version, version, serializer);
  }

  /**
   * @param oldest version whose bytes the serializer reads as well
   */
  ValueSnapshot(int oldest, int version, Supplier<TypeSerializer<T>> serializer) {
    this.oldest = oldest;
    this.version = version;
    this.serializer = serializer;
  }

  @Override
  public final int getCurrentVersion() {
    return version;
  }

  @Override
  public final void writeSnapshot(DataOutputView out) {
    // the version, which Flink writes for us, is the whole of it
  }

  @Override
  public final void readSnapshot(int readVersion, DataInputView in, ClassLoader loader)
      throws IOException {
    if (readVersion < oldest || readVersion > version) {
      throw new IOException(
          "state of %s is in format v%s, this build reads v%s; restore it with the build that wrote it"
              .formatted(
                  getClass().getName(),
                  readVersion,
                  oldest == version ? version : oldest + " to v" + version));
    }
  }

  @Override
  public final TypeSerializer<T> restoreSerializer() {
    return serializer.get();
  }

  @Override
  public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    return old.getClass() == getClass()
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }
}
