package tidemark.operators.archive;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tidemark.operators.StateBytes;

/**
 * How far all that was handed over reaches, so that a jump over a restart is known. Mutable.
 * Format, in terms of {@link StateBytes}: {@code u8 1 if the beginning is known | i32 count, (text
 * topic, i32 partition, i64 next offset) ...}. Bounds: some 100 bytes for each partition there ever
 * was.
 */
final class ReadEnds {
  private final SortedMap<String, SortedMap<Integer, Long>> ends = new TreeMap<>();
  private final boolean isBeginningKnown;

  private ReadEnds(boolean isBeginningKnown) {
    this.isBeginningKnown = isBeginningKnown;
  }

  /** Partitions begin where they are said to, and others at the first offset that Kafka has. */
  static ReadEnds startingAt(Map<String, ? extends Map<Integer, Long>> starts) {
    ReadEnds known = new ReadEnds(true);
    starts.forEach((topic, ofTopic) -> known.ends.put(topic, new TreeMap<>(ofTopic)));
    return known;
  }

  /** Nobody can say whether records were left out before the first. */
  static ReadEnds unknown() {
    return new ReadEnds(false);
  }

  /** Takes a file's ranges, with the jumps that lead to them. */
  SealedFile take(SealedFile file) {
    List<SealedPart> parts = new ArrayList<>();
    for (SealedPart part : file.parts()) {
      SortedMap<Integer, Long> ofTopic =
          ends.computeIfAbsent(part.summary().topic(), topic -> new TreeMap<>());
      Long before =
          isBeginningKnown
              ? Long.valueOf(ofTopic.getOrDefault(part.summary().partition(), 0L))
              : ofTopic.get(part.summary().partition());
      long from = part.summary().from();
      parts.add(before != null && before < from ? part.behind(new OffsetJump(before, from)) : part);
      ofTopic.put(part.summary().partition(), part.summary().to());
    }
    return new SealedFile(file.location(), file.bytes(), file.sealedAtMs(), parts);
  }

  void write(DataOutputStream out) throws IOException {
    out.writeBoolean(isBeginningKnown);
    out.writeInt(ends.values().stream().mapToInt(Map::size).sum());
    for (Map.Entry<String, SortedMap<Integer, Long>> topic : ends.entrySet()) {
      for (Map.Entry<Integer, Long> partition : topic.getValue().entrySet()) {
        StateBytes.putText(out, topic.getKey());
        out.writeInt(partition.getKey());
        out.writeLong(partition.getValue());
      }
    }
  }

  static ReadEnds read(DataInputStream in) throws IOException {
    ReadEnds read = new ReadEnds(in.readBoolean());
    for (int i = StateBytes.count(in); i > 0; i--) {
      read.ends
          .computeIfAbsent(StateBytes.text(in), topic -> new TreeMap<>())
          .put(in.readInt(), in.readLong());
    }
    return read;
  }
}
