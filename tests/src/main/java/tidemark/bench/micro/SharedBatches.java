package tidemark.bench.micro;

import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.operators.StreamSerializer;

/**
 * Hands elements from one operator's harness to the next as a chain does: by reference.
 *
 * @param <T> of the stream
 */
final class SharedBatches<T> extends StreamSerializer<T> {
  private static final long serialVersionUID = 1L;

  @Override
  public T createInstance() {
    return null; // nobody deserializes
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public void serialize(T element, DataOutputView target) {
    throw new UnsupportedOperationException("elements are shared, not written");
  }

  @Override
  public T deserialize(DataInputView source) {
    throw new UnsupportedOperationException("elements are shared, not read");
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    throw new UnsupportedOperationException("elements never lie in state");
  }
}
