package tidemark.operators.compact;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.operators.StreamSerializer;
import tidemark.operators.StreamType;

/**
 * {@code task | i32 count, text ... | i64 rows before | i64 rows after}, in terms of {@link
 * CompactTaskSerializer}.
 */
public final class CompactResultSerializer extends StreamSerializer<CompactResult> {
  public static final TypeInformation<CompactResult> TYPE =
      StreamType.of(CompactResult.class, CompactResultSerializer::new);
  private static final long serialVersionUID = 1L;

  private final CompactTaskSerializer tasks = new CompactTaskSerializer();

  @Override
  public CompactResult createInstance() {
    return CompactResult.failed(tasks.createInstance());
  }

  @Override
  public CompactResult copy(CompactResult from) {
    return from; // nobody changes one
  }

  @Override
  public void serialize(CompactResult result, DataOutputView target) throws IOException {
    tasks.serialize(result.task(), target);
    CompactTaskSerializer.putTexts(result.files(), target);
    target.writeLong(result.rowsBefore());
    target.writeLong(result.rowsAfter());
  }

  @Override
  public CompactResult deserialize(DataInputView source) throws IOException {
    return new CompactResult(
        tasks.deserialize(source),
        CompactTaskSerializer.texts(source),
        source.readLong(),
        source.readLong());
  }

  @Override
  public TypeSerializerSnapshot<CompactResult> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<CompactResult> {
    public Snapshot() {
      super(CompactResultSerializer::new);
    }
  }
}
