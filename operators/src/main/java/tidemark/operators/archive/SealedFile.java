package tidemark.operators.archive;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tidemark.operators.StateBytes;

/**
 * A file of the archive that is whole where it will stay, and what it holds.
 *
 * <p>Format, in terms of {@link StateBytes}, of what a task sends and within that of {@link
 * ArchiveState}:
 *
 * <pre>
 * text location | i64 bytes | i64 sealed at, epoch ms | i32 count, {@link SealedPart} ...
 * </pre>
 *
 * @param bytes its length
 */
record SealedFile(String location, long bytes, long sealedAtMs, List<SealedPart> parts) {

  SealedFile {
    parts = List.copyOf(parts);
  }

  void write(DataOutputStream out) throws IOException {
    StateBytes.putText(out, location);
    out.writeLong(bytes);
    out.writeLong(sealedAtMs);
    out.writeInt(parts.size());
    for (SealedPart part : parts) {
      part.write(out);
    }
  }

  static SealedFile read(DataInputStream in) throws IOException {
    String location = StateBytes.text(in);
    long bytes = in.readLong();
    long sealedAtMs = in.readLong();
    List<SealedPart> parts = new ArrayList<>();
    for (int i = StateBytes.count(in); i > 0; i--) {
      parts.add(SealedPart.read(in));
    }
    return new SealedFile(location, bytes, sealedAtMs, parts);
  }

  byte[] toBytes() throws IOException {
    return StateBytes.write(this::write);
  }

  static SealedFile ofBytes(byte[] bytes) throws IOException {
    try (DataInputStream in = StateBytes.read(bytes)) {
      SealedFile file = read(in);
      StateBytes.expectEnd(in);
      return file;
    }
  }
}
