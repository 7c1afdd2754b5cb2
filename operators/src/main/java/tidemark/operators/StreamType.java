package tidemark.operators;

import java.util.function.Supplier;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.util.function.SerializableSupplier;

/**
 * Type information of a class that brings its own serializer, so that Flink never guesses one.
 *
 * @param <T> the type
 */
public final class StreamType<T> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final SerializableSupplier<TypeSerializer<T>> serializer;

  private StreamType(Class<T> type, SerializableSupplier<TypeSerializer<T>> serializer) {
    this.type = type;
    this.serializer = serializer;
  }

  public static <T> StreamType<T> of(
      Class<T> type, SerializableSupplier<TypeSerializer<T>> serializer) {
    return new StreamType<>(type, serializer);
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    Supplier<TypeSerializer<T>> supplier = serializer;
    return supplier.get();
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof StreamType;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StreamType<?> that && that.type.equals(type);
  }

  @Override
  public int hashCode() {
    return type.getName().hashCode();
  }

  @Override
  public String toString() {
    return type.getSimpleName();
  }
}
