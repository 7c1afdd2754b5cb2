package tidemark.serde.manifest;

import java.util.Comparator;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.RecordFacts;

/**
 * A row of {@link ArchiveTable}.
 *
 * @param file location; empty for a gap. An expired one may still be there
 * @param fileBytes its length; 0 for a gap
 * @param topicId Kafka's id of the topic
 * @param from first offset that the row speaks for
 * @param to offset behind the last
 * @param summary of the file's own range of the partition; of a gap, the gap without a record
 * @param earliestMs of the points in the file's own range; {@link RecordFacts#ANY_EARLIEST_MS} if
 *     some record may hold any time; {@link #NO_EARLIEST_MS} if there is no point
 * @param latestMs likewise; {@link #NO_LATEST_MS} if there is no point
 * @param epoch commit that brought it
 * @param sealedAtMs when the file was sealed, epoch ms
 */
public record ArchivedRange(
    Kind kind,
    String file,
    long fileBytes,
    String topicId,
    long from,
    long to,
    PartitionSummary summary,
    long earliestMs,
    long latestMs,
    String epoch,
    long sealedAtMs) {
  /** {@link #earliestMs} of a range without a point. */
  public static final long NO_EARLIEST_MS = Long.MAX_VALUE;

  /** {@link #latestMs} of a range without a point. */
  public static final long NO_LATEST_MS = Long.MIN_VALUE;

  /** By topic, partition and first offset. */
  public static final Comparator<ArchivedRange> ORDER =
      Comparator.comparing(ArchivedRange::topic)
          .thenComparingInt(ArchivedRange::partition)
          .thenComparingLong(ArchivedRange::from);

  /** What became of the offsets. */
  public enum Kind {
    /** They stand in a file, as far as Kafka had records there. */
    RECORDS("records"),
    /** Kafka had dropped them before they were read. */
    GAP("gap"),
    /** They stood in a file that was dropped when it was old, as the row says it. */
    EXPIRED("expired");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** As it stands in the table. */
    public String label() {
      return label;
    }

    static Kind ofLabel(String label) {
      for (Kind kind : values()) {
        if (kind.label.equals(label)) {
          return kind;
        }
      }
      throw new IllegalStateException(
          "a row of the archive is of kind 'records', 'gap' or 'expired', found '%s': a newer release wrote it"
              .formatted(label));
    }
  }

  public ArchivedRange {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException(
          "a range of %s/%d must begin at 0 or above and hold an offset, got %d to %d"
              .formatted(summary.topic(), summary.partition(), from, to));
    }
    boolean isOfFile = to > summary.from() && to <= summary.to() && from < summary.to();
    boolean isGap = summary.from() == from && summary.to() == to && summary.records() == 0;
    if (kind == Kind.GAP ? !file.isEmpty() || !isGap : file.isEmpty() || !isOfFile) {
      throw new IllegalArgumentException(
          "%s %s/%d %d to %d does not fit file '%s' of %d to %d"
              .formatted(
                  kind.label(),
                  summary.topic(),
                  summary.partition(),
                  from,
                  to,
                  file,
                  summary.from(),
                  summary.to()));
    }
    if (topicId.isEmpty() || epoch.isEmpty()) {
      throw new IllegalArgumentException(
          "a range must name topic id and epoch, got '%s' and '%s'".formatted(topicId, epoch));
    }
  }

  /** The whole of what a file has of a partition. */
  public static ArchivedRange ofFile(
      String file,
      long fileBytes,
      String topicId,
      PartitionSummary summary,
      long earliestMs,
      long latestMs,
      String epoch,
      long sealedAtMs) {
    return new ArchivedRange(
        Kind.RECORDS,
        file,
        fileBytes,
        topicId,
        summary.from(),
        summary.to(),
        summary,
        earliestMs,
        latestMs,
        epoch,
        sealedAtMs);
  }

  public String topic() {
    return summary.topic();
  }

  public int partition() {
    return summary.partition();
  }

  /** The same file, speaking for other offsets. */
  public ArchivedRange of(long newFrom, long newTo) {
    return new ArchivedRange(
        kind,
        file,
        fileBytes,
        topicId,
        newFrom,
        newTo,
        summary,
        earliestMs,
        latestMs,
        epoch,
        sealedAtMs);
  }

  /** The gap of some offsets before this range, seen with it. */
  ArchivedRange gap(long gapFrom, long gapTo) {
    return new ArchivedRange(
        Kind.GAP,
        "",
        0,
        topicId,
        gapFrom,
        gapTo,
        new PartitionSummary(topic(), partition(), gapFrom, gapTo, 0, 0, 0),
        RecordFacts.ANY_EARLIEST_MS,
        RecordFacts.ANY_LATEST_MS,
        epoch,
        sealedAtMs);
  }

  /**
   * A time that nothing in the file is newer than: neither its records' coming to the broker, which
   * was before the file was sealed, nor their points. Points more than a day ahead of that, and
   * records that nobody could read, count as a day ahead: one bad clock must not keep a file for
   * ever.
   */
  public long newestMs() {
    return Math.max(sealedAtMs, newestPointMs());
  }

  private long newestPointMs() {
    return Math.min(latestMs, sealedAtMs + ManifestRows.DAY_MS);
  }

  /** The same after its file was dropped. It concerns only replays of times that it may hold. */
  ArchivedRange expired() {
    return new ArchivedRange(
        Kind.EXPIRED,
        file,
        fileBytes,
        topicId,
        from,
        to,
        summary,
        earliestMs,
        newestPointMs(),
        epoch,
        sealedAtMs);
  }

  /** Whether it goes on in the same file where another range ends. */
  boolean continues(ArchivedRange before) {
    return kind == Kind.RECORDS
        && before.to == from
        && before.file.equals(file)
        && before.topic().equals(topic())
        && before.partition() == partition();
  }
}
