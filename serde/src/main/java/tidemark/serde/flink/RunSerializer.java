package tidemark.serde.flink;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * State format of a run of partial aggregates.
 *
 * <pre>
 * v2  i32 length | rows as tidemark.serde.partial.PartialFormat v2 lays them out
 * v1  i32 length | rows as v1 laid them out, which a reader of v2 reads
 * </pre>
 */
public final class RunSerializer extends ValueSerializer<byte[]> {
  public static final RunSerializer INSTANCE = new RunSerializer();
  private static final long serialVersionUID = 1L;
  private static final int V1 = 1;
  private static final int V2 = 2;
  private static final int STEP_BYTES = 16 << 20; // more than nearly all runs have

  @Override
  public byte[] createInstance() {
    return new byte[0];
  }

  @Override
  public void serialize(byte[] run, DataOutputView target) throws IOException {
    target.writeInt(run.length);
    target.write(run);
  }

  @Override
  public byte[] deserialize(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      throw new IOException(
          "a run must have 0 bytes or more, got %s: the state is damaged".formatted(length));
    }
    try {
      return readFully(source, length);
    } catch (EOFException e) {
      EOFException told =
          new EOFException(
              "a run must have %s bytes and ends before that: the state is damaged"
                  .formatted(length));
      told.initCause(e);
      throw told;
    }
  }

  /** In steps, so that a wrong length meets the end of the bytes before it takes all memory. */
  private static byte[] readFully(DataInputView source, int length) throws IOException {
    byte[] run = new byte[Math.min(length, STEP_BYTES)];
    source.readFully(run);
    while (run.length < length) {
      int read = run.length;
      run = Arrays.copyOf(run, (int) Math.min(length, 2L * read));
      source.readFully(run, read, run.length - read);
    }
    return run;
  }

  @Override
  public TypeSerializerSnapshot<byte[]> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Version of the format. */
  public static final class Snapshot extends ValueSnapshot<byte[]> {
    public Snapshot() {
      super(V1, V2, RunSerializer::new);
    }
  }
}
