package tidemark.operators.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * Version 1: {@code i32 splits, each: i32 length | bytes}, the bytes as {@link
 * ArchiveSplitSerializer} version 1 writes them.
 */
final class ArchivePlanSerializer implements SimpleVersionedSerializer<ArchivePlan> {
  static final ArchivePlanSerializer INSTANCE = new ArchivePlanSerializer();
  private static final int V1 = 1;

  @Override
  public int getVersion() {
    return V1;
  }

  @Override
  public byte[] serialize(ArchivePlan plan) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(1024);
    out.writeInt(plan.splits().size());
    for (ArchiveSplit split : plan.splits()) {
      byte[] bytes = ArchiveSplitSerializer.INSTANCE.serialize(split);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
    return out.getCopyOfBuffer();
  }

  @Override
  public ArchivePlan deserialize(int version, byte[] bytes) throws IOException {
    if (version != V1) {
      throw new IOException(
          "the plan of a replay is in format v%s, this build reads v%s; restore it with the build that wrote it"
              .formatted(version, V1));
    }
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    List<ArchiveSplit> splits = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      byte[] split = new byte[in.readInt()];
      in.readFully(split);
      splits.add(ArchiveSplitSerializer.INSTANCE.deserialize(V1, split));
    }
    if (in.available() > 0) {
      throw new IOException("%s unread bytes at the end".formatted(in.available()));
    }
    return new ArchivePlan(splits);
  }
}
