package tidemark.serde.verdict;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tidemark.serde.partial.PartialBatch;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;

/**
 * Verdicts in a {@link PartialBatch}; big-endian, one record after the other.
 *
 * <pre>
 * v1  offsets  u8 0x10 | text, of all verdicts up to the next such record
 *     verdict  u8 0x11 | text id | i32 revision | text org | text monitor | i32 version
 *              i32 tags x text key:value | i64 window start, ms | i64 window end, ms
 *              u8 status | f64 value, NaN for none | i64 points | i64 watermark, ms
 *              u8 completeness | i32 holding x text topic/partition | u8 marks, a bit each
 * text  i32 length | UTF-8
 * </pre>
 *
 * <p>The first half of each record's first byte is the version of the format. Status, completeness
 * and marks are numbered as their enums list them. One codec writes one batch at a time, from empty
 * on; not thread-safe.
 */
public final class VerdictCodec {
  private static final int VERSION = 1;
  private static final int OFFSETS = VERSION << 4;
  private static final int VERDICT = OFFSETS | 1;
  private static final VerdictStatus[] STATUSES = VerdictStatus.values();
  private static final Completeness[] COMPLETENESSES = Completeness.values();
  private static final VerdictMark[] MARKS = VerdictMark.values();
  private static final int FIXED = 1 + 4 + 4 + 4 + 8 + 8 + 1 + 8 + 8 + 8 + 1 + 4 + 1;

  private String offsets = ""; // of the batch at hand

  /** Adds a verdict to a batch, in which nothing else may be written. */
  public void append(Verdict verdict, PartialBatch batch) {
    String own = verdict.evidence().offsets();
    if (batch.isEmpty() || !own.equals(offsets)) {
      byte[] text = utf8(own);
      ByteBuffer bytes = reserve(batch, 1 + 4 + text.length);
      putText(bytes.put((byte) OFFSETS), text);
      batch.setLength(bytes.position());
      offsets = own;
    }
    List<byte[]> texts = new ArrayList<>();
    texts.add(utf8(verdict.id()));
    texts.add(utf8(verdict.subject().org()));
    texts.add(utf8(verdict.subject().monitor()));
    verdict.subject().group().forEach(tag -> texts.add(utf8(tag)));
    verdict.evidence().holding().forEach(partition -> texts.add(utf8(partition)));
    ByteBuffer bytes =
        reserve(batch, FIXED + texts.stream().mapToInt(text -> 4 + text.length).sum());
    put(verdict, texts, bytes);
    batch.setLength(bytes.position());
  }

  private static void put(Verdict verdict, List<byte[]> texts, ByteBuffer bytes) {
    int tags = verdict.subject().group().size();
    Evidence evidence = verdict.evidence();
    putText(bytes.put((byte) VERDICT), texts.get(0));
    bytes.putInt(verdict.revision());
    putText(bytes, texts.get(1));
    putText(bytes, texts.get(2));
    bytes.putInt(verdict.subject().version());
    bytes.putInt(tags);
    texts.subList(3, 3 + tags).forEach(text -> putText(bytes, text));
    bytes.putLong(verdict.windowStartMs()).putLong(verdict.windowEndMs());
    bytes.put((byte) verdict.status().ordinal());
    bytes.putDouble(verdict.value()).putLong(verdict.points());
    bytes.putLong(evidence.watermarkMs()).put((byte) evidence.completeness().ordinal());
    bytes.putInt(evidence.holding().size());
    texts.subList(3 + tags, texts.size()).forEach(text -> putText(bytes, text));
    int marks = 0;
    for (VerdictMark mark : verdict.marks()) {
      marks |= 1 << mark.ordinal();
    }
    bytes.put((byte) marks);
  }

  private static ByteBuffer reserve(PartialBatch batch, int more) {
    byte[] array = batch.reserve(more);
    return ByteBuffer.wrap(array, batch.length(), more);
  }

  /**
   * Hands every verdict of the batch to the consumer.
   *
   * @throws IllegalArgumentException if the bytes are no verdicts of a known version
   */
  public static void read(PartialBatch batch, Consumer<Verdict> consumer) {
    ByteBuffer bytes = ByteBuffer.wrap(batch.bytes(), 0, batch.length());
    String offsets = "";
    try {
      while (bytes.hasRemaining()) {
        int first = bytes.get() & 0xFF;
        switch (first) {
          case OFFSETS -> offsets = text(bytes);
          case VERDICT -> consumer.accept(next(bytes, offsets));
          default ->
              throw new IllegalArgumentException(
                  "verdicts must be of version %d, got a record that begins with %d"
                      .formatted(VERSION, first));
        }
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "a batch of verdicts of %d bytes ends within one".formatted(batch.length()), e);
    }
  }

  private static Verdict next(ByteBuffer bytes, String offsets) {
    String id = text(bytes);
    int revision = bytes.getInt();
    VerdictSubject subject =
        new VerdictSubject(text(bytes), text(bytes), bytes.getInt(), texts(bytes));
    long startMs = bytes.getLong();
    long endMs = bytes.getLong();
    VerdictStatus status = member(STATUSES, bytes.get());
    double value = bytes.getDouble();
    long points = bytes.getLong();
    long watermarkMs = bytes.getLong();
    Completeness completeness = member(COMPLETENESSES, bytes.get());
    Evidence evidence = new Evidence(watermarkMs, completeness, offsets, texts(bytes));
    Set<VerdictMark> marks = marks(bytes.get());
    return new Verdict(
        id, revision, subject, startMs, endMs, status, value, points, evidence, marks);
  }

  private static Set<VerdictMark> marks(byte bits) {
    if ((bits & 0xFF) >= 1 << MARKS.length) {
      throw new IllegalArgumentException("a verdict must not have unknown marks, got " + bits);
    }
    Set<VerdictMark> marks = EnumSet.noneOf(VerdictMark.class);
    for (VerdictMark mark : MARKS) {
      if ((bits & 1 << mark.ordinal()) != 0) {
        marks.add(mark);
      }
    }
    return marks;
  }

  private static <E extends Enum<E>> E member(E[] members, byte number) {
    if (number < 0 || number >= members.length) {
      throw new IllegalArgumentException(
          "number of a %s must be 0 to %d, got %d"
              .formatted(
                  members[0].getDeclaringClass().getSimpleName(), members.length - 1, number));
    }
    return members[number];
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void putText(ByteBuffer bytes, byte[] text) {
    bytes.putInt(text.length).put(text);
  }

  private static String text(ByteBuffer bytes) {
    byte[] text = new byte[requireCount(bytes)];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static List<String> texts(ByteBuffer bytes) {
    List<String> texts = new ArrayList<>();
    for (int i = requireCount(bytes); i > 0; i--) {
      texts.add(text(bytes));
    }
    return texts;
  }

  /** A wrong count meets the end of the bytes before it takes memory. */
  private static int requireCount(ByteBuffer bytes) {
    int count = bytes.getInt();
    if (count < 0 || count > bytes.remaining()) {
      throw new BufferUnderflowException();
    }
    return count;
  }
}
