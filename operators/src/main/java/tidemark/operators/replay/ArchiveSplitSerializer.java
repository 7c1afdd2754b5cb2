package tidemark.operators.replay;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import tidemark.operators.replay.ArchiveSplit.Range;

/**
 * Version 1, big-endian:
 *
 * <pre>
 * UTF topic | i32 partition | i32 block | i32 records passed | i64 heartbeat, ms
 * i32 ranges, each: u16 characters shared with the file before | UTF the rest of the file
 *                   i64 file bytes | i64 from | i64 to | i64 weight
 * </pre>
 */
final class ArchiveSplitSerializer implements SimpleVersionedSerializer<ArchiveSplit> {
  static final ArchiveSplitSerializer INSTANCE = new ArchiveSplitSerializer();
  private static final int V1 = 1;
  private static final int MAX_SHARED = 0xFFFF;

  @Override
  public int getVersion() {
    return V1;
  }

  @Override
  public byte[] serialize(ArchiveSplit split) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(256);
    out.writeUTF(split.topic());
    out.writeInt(split.partition());
    out.writeInt(split.block());
    out.writeInt(split.recordsPassed());
    out.writeLong(split.heartbeatMs());
    out.writeInt(split.ranges().size());
    String before = "";
    for (Range range : split.ranges()) {
      int shared = shared(before, range.file());
      out.writeShort(shared);
      out.writeUTF(range.file().substring(shared));
      out.writeLong(range.fileBytes());
      out.writeLong(range.from());
      out.writeLong(range.to());
      out.writeLong(range.weight());
      before = range.file();
    }
    return out.getCopyOfBuffer();
  }

  private static int shared(String before, String file) {
    int most = Math.min(MAX_SHARED, Math.min(before.length(), file.length()));
    int shared = 0;
    while (shared < most && before.charAt(shared) == file.charAt(shared)) {
      shared++;
    }
    return shared;
  }

  @Override
  public ArchiveSplit deserialize(int version, byte[] bytes) throws IOException {
    if (version != V1) {
      throw new IOException(
          "a split of the archive is in format v%s, this build reads v%s; restore it with the build that wrote it"
              .formatted(version, V1));
    }
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    String topic = in.readUTF();
    int partition = in.readInt();
    int block = in.readInt();
    int recordsPassed = in.readInt();
    long heartbeatMs = in.readLong();
    List<Range> ranges = new ArrayList<>();
    String before = "";
    for (int i = in.readInt(); i > 0; i--) {
      before = before.substring(0, in.readUnsignedShort()) + in.readUTF();
      ranges.add(new Range(before, in.readLong(), in.readLong(), in.readLong(), in.readLong()));
    }
    if (in.available() > 0) {
      throw new IOException("%s unread bytes at the end".formatted(in.available()));
    }
    return new ArchiveSplit(topic, partition, ranges, block, recordsPassed, heartbeatMs);
  }
}
