package tidemark.operators.feed;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import tidemark.operators.StreamSerializer;
import tidemark.operators.StreamType;

/** {@code i32 partition | i32 length, bytes}; used only where the sink is not chained. */
public final class FeedMessageSerializer extends StreamSerializer<FeedMessage> {
  public static final TypeInformation<FeedMessage> TYPE =
      StreamType.of(FeedMessage.class, FeedMessageSerializer::new);
  private static final long serialVersionUID = 1L;

  @Override
  public FeedMessage createInstance() {
    return new FeedMessage(0, new byte[0]);
  }

  @Override
  public FeedMessage copy(FeedMessage from) {
    return from; // nobody changes one
  }

  @Override
  public void serialize(FeedMessage message, DataOutputView target) throws IOException {
    target.writeInt(message.partition());
    target.writeInt(message.bytes().length);
    target.write(message.bytes());
  }

  @Override
  public FeedMessage deserialize(DataInputView source) throws IOException {
    int partition = source.readInt();
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    return new FeedMessage(partition, bytes);
  }

  @Override
  public TypeSerializerSnapshot<FeedMessage> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Never written: the type does not lie in state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<FeedMessage> {
    public Snapshot() {
      super(FeedMessageSerializer::new);
    }
  }
}
