package tidemark.operators.archive;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tidemark.operators.StateBytes;
import tidemark.serde.archive.PartitionSummary;

/**
 * What a sealed file has of a partition.
 *
 * <p>Format, in terms of {@link StateBytes}, within that of {@link SealedFile}:
 *
 * <pre>
 * text topic | i32 partition | i64 from | i64 to | i64 records | i64 payload bytes | i64 checksum
 * | i64 earliest | i64 latest | i32 count, (i64 from, i64 to) of each jump
 * </pre>
 *
 * @param summary of the file's own range
 * @param earliestMs of its points, as the manifest has it
 * @param latestMs likewise
 * @param jumps in the range or right before it, in order
 */
record SealedPart(
    PartitionSummary summary, long earliestMs, long latestMs, List<OffsetJump> jumps) {

  SealedPart {
    jumps = List.copyOf(jumps);
  }

  /** The same behind a jump that leads to its beginning. */
  SealedPart behind(OffsetJump jump) {
    List<OffsetJump> more = new ArrayList<>(jumps);
    more.add(0, jump);
    return new SealedPart(summary, earliestMs, latestMs, more);
  }

  void write(DataOutputStream out) throws IOException {
    StateBytes.putText(out, summary.topic());
    out.writeInt(summary.partition());
    out.writeLong(summary.from());
    out.writeLong(summary.to());
    out.writeLong(summary.records());
    out.writeLong(summary.payloadBytes());
    out.writeLong(summary.checksum());
    out.writeLong(earliestMs);
    out.writeLong(latestMs);
    out.writeInt(jumps.size());
    for (OffsetJump jump : jumps) {
      out.writeLong(jump.from());
      out.writeLong(jump.to());
    }
  }

  static SealedPart read(DataInputStream in) throws IOException {
    PartitionSummary summary =
        new PartitionSummary(
            StateBytes.text(in),
            in.readInt(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            in.readLong());
    long earliestMs = in.readLong();
    long latestMs = in.readLong();
    List<OffsetJump> jumps = new ArrayList<>();
    for (int i = StateBytes.count(in); i > 0; i--) {
      jumps.add(new OffsetJump(in.readLong(), in.readLong()));
    }
    return new SealedPart(summary, earliestMs, latestMs, jumps);
  }
}
