package tidemark.operators;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * {@code UTF topic | i32 partition | i64 offset | UTF stage | UTF reasons | i64 refused points |
 * i32 length, value}.
 */
public final class DeadLetterSerializer extends StreamSerializer<DeadLetter> {
  public static final TypeInformation<DeadLetter> TYPE =
      StreamType.of(DeadLetter.class, DeadLetterSerializer::new);
  private static final long serialVersionUID = 1L;

  @Override
  public DeadLetter createInstance() {
    return new DeadLetter("", 0, 0L, "", "", 0L, new byte[0]);
  }

  @Override
  public DeadLetter copy(DeadLetter from) {
    return from; // nobody changes one
  }

  @Override
  public void serialize(DeadLetter letter, DataOutputView target) throws IOException {
    target.writeUTF(letter.topic());
    target.writeInt(letter.partition());
    target.writeLong(letter.offset());
    target.writeUTF(letter.stage());
    target.writeUTF(letter.reasons());
    target.writeLong(letter.refusedPoints());
    target.writeInt(letter.value().length);
    target.write(letter.value());
  }

  @Override
  public DeadLetter deserialize(DataInputView source) throws IOException {
    String topic = source.readUTF();
    int partition = source.readInt();
    long offset = source.readLong();
    String stage = source.readUTF();
    String reasons = source.readUTF();
    long refusedPoints = source.readLong();
    byte[] value = new byte[source.readInt()];
    source.readFully(value);
    return new DeadLetter(topic, partition, offset, stage, reasons, refusedPoints, value);
  }

  @Override
  public TypeSerializerSnapshot<DeadLetter> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<DeadLetter> {
    public Snapshot() {
      super(DeadLetterSerializer::new);
    }
  }
}
