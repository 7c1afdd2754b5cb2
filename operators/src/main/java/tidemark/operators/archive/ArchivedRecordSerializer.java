package tidemark.operators.archive;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.operators.StreamSerializer;
import tidemark.operators.StreamType;
import tidemark.serde.archive.ArchivedRecord;

/**
 * {@code UTF topic | i32 partition | i64 offset | i64 time | i8 its type | bytes key | i32 headers,
 * (UTF key | bytes value) ... | bytes value}; {@code bytes = i32 length, -1 for null, and as many}.
 * Used only where the archive is not chained to the source.
 */
public final class ArchivedRecordSerializer extends StreamSerializer<ArchivedRecord> {
  public static final TypeInformation<ArchivedRecord> TYPE =
      StreamType.of(ArchivedRecord.class, ArchivedRecordSerializer::new);
  private static final long serialVersionUID = 1L;

  @Override
  public ArchivedRecord createInstance() {
    return new ArchivedRecord("", 0, 0L, 0L, 0, null, List.of(), null);
  }

  @Override
  public ArchivedRecord copy(ArchivedRecord from) {
    return from; // nobody changes one
  }

  @Override
  public void serialize(ArchivedRecord record, DataOutputView target) throws IOException {
    target.writeUTF(record.topic());
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    target.writeLong(record.timestampMs());
    target.writeByte(record.timestampType());
    put(record.key(), target);
    target.writeInt(record.headers().size());
    for (ArchivedRecord.Header header : record.headers()) {
      target.writeUTF(header.key());
      put(header.value(), target);
    }
    put(record.value(), target);
  }

  private static void put(byte[] bytes, DataOutputView target) throws IOException {
    target.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      target.write(bytes);
    }
  }

  @Override
  public ArchivedRecord deserialize(DataInputView source) throws IOException {
    String topic = source.readUTF();
    int partition = source.readInt();
    long offset = source.readLong();
    long timestampMs = source.readLong();
    int timestampType = source.readByte();
    byte[] key = bytes(source);
    List<ArchivedRecord.Header> headers = new ArrayList<>();
    for (int i = source.readInt(); i > 0; i--) {
      headers.add(new ArchivedRecord.Header(source.readUTF(), bytes(source)));
    }
    return new ArchivedRecord(
        topic, partition, offset, timestampMs, timestampType, key, headers, bytes(source));
  }

  private static byte[] bytes(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return bytes;
  }

  @Override
  public TypeSerializerSnapshot<ArchivedRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<ArchivedRecord> {
    public Snapshot() {
      super(ArchivedRecordSerializer::new);
    }
  }
}
