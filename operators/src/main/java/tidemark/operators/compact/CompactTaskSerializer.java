package tidemark.operators.compact;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import tidemark.operators.StreamSerializer;
import tidemark.operators.StreamType;

/**
 * {@code i64 plan | i32 plan's tasks | i32 tier | i64 day | i64 snapshot | i32 count, i64 ... | i32
 * count, text ...}; texts as Flink writes them.
 */
public final class CompactTaskSerializer extends StreamSerializer<CompactTask> {
  public static final TypeInformation<CompactTask> TYPE =
      StreamType.of(CompactTask.class, CompactTaskSerializer::new);
  private static final long serialVersionUID = 1L;

  @Override
  public CompactTask createInstance() {
    return new CompactTask(0L, 0, 0, 0L, 0L, List.of(), List.of());
  }

  @Override
  public CompactTask copy(CompactTask from) {
    return from; // nobody changes one
  }

  @Override
  public void serialize(CompactTask task, DataOutputView target) throws IOException {
    target.writeLong(task.plan());
    target.writeInt(task.planTasks());
    target.writeInt(task.tierSeconds());
    target.writeLong(task.epochDay());
    target.writeLong(task.snapshotId());
    target.writeInt(task.sequences().size());
    for (long sequence : task.sequences()) {
      target.writeLong(sequence);
    }
    putTexts(task.files(), target);
  }

  @Override
  public CompactTask deserialize(DataInputView source) throws IOException {
    return new CompactTask(
        source.readLong(),
        source.readInt(),
        source.readInt(),
        source.readLong(),
        source.readLong(),
        numbers(source),
        texts(source));
  }

  private static List<Long> numbers(DataInputView source) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (int i = source.readInt(); i > 0; i--) {
      numbers.add(source.readLong());
    }
    return numbers;
  }

  static void putTexts(List<String> texts, DataOutputView target) throws IOException {
    target.writeInt(texts.size());
    for (String text : texts) {
      StringValue.writeString(text, target);
    }
  }

  static List<String> texts(DataInputView source) throws IOException {
    List<String> texts = new ArrayList<>();
    for (int i = source.readInt(); i > 0; i--) {
      texts.add(StringValue.readString(source));
    }
    return texts;
  }

  @Override
  public TypeSerializerSnapshot<CompactTask> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<CompactTask> {
    public Snapshot() {
      super(CompactTaskSerializer::new);
    }
  }
}
