package tidemark.serde.flink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.state.SeriesIdentity;

/**
 * State format of {@link GroupState}; big-endian.
 *
 * <pre>
 * v1  text org | text metric | u16 tags x text key:value
 *     i64 begin, ms | i64 next end, ms | i64 touched from, ms | i64 touched to, ms
 *     i64 provisional end, ms | i64 oldest block, ms | i64 oldest judged, ms | i64 newest judged, ms
 *     i32 n | n x i64, times of panes
 * text  i32 length | UTF-8
 * </pre>
 */
public final class GroupStateSerializer extends ValueSerializer<GroupState> {
  public static final GroupStateSerializer INSTANCE = new GroupStateSerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;
  private static final int MAX_TEXT = 1 << 17; // names and tags have at most 64 kb
  private static final int MAX_TIMES = 1 << 20; // a bit for each 10 s of twenty years

  @Override
  public GroupState createInstance() {
    return new GroupState(
        new SeriesIdentity("-", "-", List.of()), 0, 0, 0, 0, 0, 0, 0, 0, new long[0]);
  }

  @Override
  public void serialize(GroupState group, DataOutputView target) throws IOException {
    writeText(group.series().org(), target);
    writeText(group.series().metric(), target);
    target.writeShort(group.series().tags().size());
    for (String tag : group.series().tags()) {
      writeText(tag, target);
    }
    target.writeLong(group.beginMs());
    target.writeLong(group.nextEndMs());
    target.writeLong(group.touchedFromMs());
    target.writeLong(group.touchedToMs());
    target.writeLong(group.provisionalEndMs());
    target.writeLong(group.oldestBlockMs());
    target.writeLong(group.oldestJudgedMs());
    target.writeLong(group.newestJudgedMs());
    long[] times = group.paneTimes();
    target.writeInt(times.length);
    for (long time : times) {
      target.writeLong(time);
    }
  }

  @Override
  public GroupState deserialize(DataInputView source) throws IOException {
    String org = readText(source);
    String metric = readText(source);
    List<String> tags = new ArrayList<>();
    for (int i = source.readUnsignedShort(); i > 0; i--) {
      tags.add(readText(source));
    }
    SeriesIdentity series = new SeriesIdentity(org, metric, tags);
    return new GroupState(
        series,
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        source.readLong(),
        readTimes(source));
  }

  private static long[] readTimes(DataInputView source) throws IOException {
    long[] times = new long[requireLength(source.readInt(), MAX_TIMES)];
    for (int i = 0; i < times.length; i++) {
      times[i] = source.readLong();
    }
    return times;
  }

  private static void writeText(String text, DataOutputView target) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  private static String readText(DataInputView source) throws IOException {
    byte[] bytes = new byte[requireLength(source.readInt(), MAX_TEXT)];
    source.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int requireLength(int length, int most) throws IOException {
    if (length < 0 || length > most) {
      throw new IOException(
          "a length must be 0 to %d, got %d: the state is damaged".formatted(most, length));
    }
    return length;
  }

  @Override
  public TypeSerializerSnapshot<GroupState> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<GroupState> {
    public Snapshot() {
      super(V1, GroupStateSerializer::new);
    }
  }
}
