package tidemark.serde.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which commits are not main's any more, because it was set back to an earlier epoch: kept in a
 * property of the rollups table, since nobody can tell by the snapshots once they have expired.
 *
 * <p>Format: {@code BEHIND-LAST} for each time, sequence numbers, separated by blanks: what was
 * committed to main behind the first and up to the last is void.
 */
public final class SetBacks {
  private static final String PROPERTY = "tidemark.main-set-back";

  /** Commits behind the one that main went back to, up to the newest of that time. */
  private record Range(long behind, long last) {
    static Range ofText(String text) {
      String[] ends = text.split("-", 2);
      return new Range(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
    }

    boolean contains(long sequence) {
      return sequence > behind && sequence <= last;
    }

    String toText() {
      return behind + "-" + last;
    }
  }

  private SetBacks() {}

  /**
   * The property once main has gone back.
   *
   * @param properties of the table before
   * @param behind sequence number of the snapshot that main goes back to
   * @param last that of the table's newest commit
   */
  public static Map<String, String> with(Map<String, String> properties, long behind, long last) {
    List<String> texts = new ArrayList<>();
    for (Range range : ranges(properties)) {
      if (range.behind < behind) { // else it is within the new one
        texts.add(range.toText());
      }
    }
    texts.add(new Range(behind, last).toText());
    return Map.of(PROPERTY, String.join(" ", texts));
  }

  /** Whether a commit to main of this sequence number is not main's any more. */
  public static boolean contain(Map<String, String> properties, long sequence) {
    return ranges(properties).stream().anyMatch(range -> range.contains(sequence));
  }

  private static List<Range> ranges(Map<String, String> properties) {
    String text = properties.getOrDefault(PROPERTY, "");
    List<Range> ranges = new ArrayList<>();
    for (String each : text.split(" ", -1)) {
      if (!each.isEmpty()) {
        ranges.add(Range.ofText(each));
      }
    }
    return ranges;
  }
}
