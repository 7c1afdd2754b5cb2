package tidemark.operators;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * {@code UTF topic | i32 partition | i64 offset | i64 broker time | UTF format | UTF org | i64
 * heartbeat | i32 length, value}. Used only where decoding is not chained to the source.
 */
public final class IntakeRecordSerializer extends StreamSerializer<IntakeRecord> {
  public static final TypeInformation<IntakeRecord> TYPE =
      StreamType.of(IntakeRecord.class, IntakeRecordSerializer::new);
  private static final long serialVersionUID = 1L;

  @Override
  public IntakeRecord createInstance() {
    return new IntakeRecord("", 0, 0L, 0L, "", "", IntakeRecord.NO_HEARTBEAT, new byte[0]);
  }

  @Override
  public IntakeRecord copy(IntakeRecord from) {
    // a live job's record stays as it is; a replay's is handed on by reference, or written at once
    return from;
  }

  @Override
  public void serialize(IntakeRecord record, DataOutputView target) throws IOException {
    target.writeUTF(record.topic());
    target.writeInt(record.partition());
    target.writeLong(record.offset());
    target.writeLong(record.brokerTimeMs());
    target.writeUTF(record.format());
    target.writeUTF(record.org());
    target.writeLong(record.heartbeatMs());
    target.writeInt(record.valueLength());
    target.write(record.array(), record.valueStart(), record.valueLength());
  }

  @Override
  public IntakeRecord deserialize(DataInputView source) throws IOException {
    String topic = source.readUTF();
    int partition = source.readInt();
    long offset = source.readLong();
    long brokerTimeMs = source.readLong();
    String format = source.readUTF();
    String org = source.readUTF();
    long heartbeatMs = source.readLong();
    byte[] value = new byte[source.readInt()];
    source.readFully(value);
    return new IntakeRecord(
        topic, partition, offset, brokerTimeMs, format, org, heartbeatMs, value);
  }

  @Override
  public TypeSerializerSnapshot<IntakeRecord> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<IntakeRecord> {
    public Snapshot() {
      super(IntakeRecordSerializer::new);
    }
  }
}
