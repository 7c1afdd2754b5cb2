package tidemark.operators.archive;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import tidemark.operators.StateBytes;

/**
 * What {@link ArchiveCommitOperator} keeps. Mutable.
 *
 * <p>State format, in terms of {@link StateBytes}:
 *
 * <pre>
 * v1  i32 version | {@link ReadEnds} | i32 count, epoch ...
 * epoch  i64 checkpoint | text id | i32 count, {@link SealedFile} ...
 * </pre>
 *
 * <p>Bounds: {@link ReadEnds}, and for each epoch since the last commit some 150 bytes a file and
 * 100 for each of its partitions: one epoch at a time while the catalog answers.
 */
final class ArchiveState {
  private static final int V1 = 1;

  /** Files that wait for their commit. */
  record Epoch(long checkpoint, String id, List<SealedFile> files) {
    Epoch {
      files = List.copyOf(files);
    }
  }

  private final ReadEnds ends;
  private final Deque<Epoch> pending = new ArrayDeque<>();

  ArchiveState(ReadEnds ends) {
    this.ends = ends;
  }

  ReadEnds ends() {
    return ends;
  }

  /** Oldest first. */
  Deque<Epoch> pending() {
    return pending;
  }

  byte[] toBytes() throws IOException {
    return StateBytes.write(
        out -> {
          out.writeInt(V1);
          ends.write(out);
          out.writeInt(pending.size());
          for (Epoch epoch : pending) {
            out.writeLong(epoch.checkpoint());
            StateBytes.putText(out, epoch.id());
            out.writeInt(epoch.files().size());
            for (SealedFile file : epoch.files()) {
              file.write(out);
            }
          }
        });
  }

  static ArchiveState ofBytes(byte[] bytes) throws IOException {
    try (DataInputStream in = StateBytes.read(bytes)) {
      StateBytes.expectVersion("state of the archive's epochs", in.readInt(), V1);
      ArchiveState state = new ArchiveState(ReadEnds.read(in));
      for (int i = StateBytes.count(in); i > 0; i--) {
        long checkpoint = in.readLong();
        String id = StateBytes.text(in);
        List<SealedFile> files = new ArrayList<>();
        for (int file = StateBytes.count(in); file > 0; file--) {
          files.add(SealedFile.read(in));
        }
        state.pending.add(new Epoch(checkpoint, id, files));
      }
      StateBytes.expectEnd(in);
      return state;
    }
  }
}
