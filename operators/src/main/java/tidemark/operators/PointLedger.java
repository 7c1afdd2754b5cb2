package tidemark.operators;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.table.LedgerRows;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SeriesIdentity;

/**
 * Points that one step of one task has seen since the last barrier, by org and event minute. They
 * leave as rows of {@link LedgerRows} before each barrier, so that nothing of it needs state.
 *
 * <p>Costs three comparisons as long as org and minute stay, and an update of a small table when
 * they change. Memory: about 200 bytes for each org and minute that the epoch touches. Not
 * thread-safe.
 */
public final class PointLedger {
  private static final int BATCH_BYTES = 1 << 16;
  private static final int UNKNOWN = 0;

  private final String label;
  private final PartialTable table = new PartialTable(64);
  private final PartialRow row = new PartialRow();
  private MetricNames names;

  // one more than the number of the org in `orgs`, by name number of the caller's names
  private int[] orgOfName = new int[64];
  private MetricNames orgs = new MetricNames(System.nanoTime());
  private long[] seriesIdOfOrg = new long[16];

  // what was counted last and is not in the table yet
  private int org = UNKNOWN;
  private long minuteMs;
  private long pending;

  /**
   * @param label what is counted, one of the names in {@link LedgerRows}
   */
  public PointLedger(String label) {
    this.label = label;
  }

  /** Metrics are counted by their numbers in these names from here on. */
  public void useNames(MetricNames current) {
    if (names != current) {
      names = current;
      Arrays.fill(orgOfName, UNKNOWN);
    }
  }

  /** Counts points of one metric and one minute. */
  public void count(int name, long timestampMs, long points) {
    if (orgOf(name) != org || !isOfMinute(timestampMs)) {
      turnTo(orgOf(name), timestampMs);
    }
    pending = Math.addExact(pending, points);
  }

  /**
   * Counts one point of a metric for each of these times; their range tells at once whether all of
   * them belong to the minute at hand.
   */
  public void countAll(int name, long[] timestampsMs, int from, int to, long firstMs, long lastMs) {
    if (orgOf(name) == org && isOfMinute(firstMs) && isOfMinute(lastMs)) {
      pending += to - from;
      return;
    }
    for (int i = from; i < to; i++) {
      count(name, timestampsMs[i], 1);
    }
  }

  private boolean isOfMinute(long timestampMs) {
    return timestampMs >= minuteMs && timestampMs - minuteMs < LedgerRows.WINDOW_MS;
  }

  private int orgOf(int name) {
    int known = name < orgOfName.length ? orgOfName[name] : UNKNOWN;
    return known == UNKNOWN ? learn(name) : known;
  }

  private int learn(int name) {
    if (name >= orgOfName.length) {
      orgOfName = Arrays.copyOf(orgOfName, Math.max(name + 1, orgOfName.length * 2));
    }
    String text = new String(names.name(name).org(), StandardCharsets.UTF_8);
    int number = orgs.number(MetricType.COUNTER, text, label);
    if (number >= seriesIdOfOrg.length) {
      seriesIdOfOrg = Arrays.copyOf(seriesIdOfOrg, number * 2);
    }
    seriesIdOfOrg[number] = new SeriesIdentity(text, label, List.of()).hash()[0];
    orgOfName[name] = number + 1;
    return number + 1;
  }

  private void turnTo(int nextOrg, long timestampMs) {
    settle();
    org = nextOrg;
    minuteMs = timestampMs - Math.floorMod(timestampMs, LedgerRows.WINDOW_MS);
  }

  private void settle() {
    if (pending > 0) {
      row.type = MetricType.COUNTER;
      row.name = org - 1;
      row.seriesId = seriesIdOfOrg[org - 1];
      row.windowStartMs = minuteMs;
      row.count = pending;
      row.sum = pending;
      row.low = 0;
      row.noRest();
      table.merge(row);
      pending = 0;
    }
  }

  /**
   * Hands all counts over as batches of that key group, which are valid during the call only, and
   * starts again from zero.
   */
  public void drain(int keyGroup, Consumer<PartialBatch> output) {
    settle();
    PartialWriter writer = new PartialWriter(orgs, new PartialBatch(1024));
    writer.begin(keyGroup, LedgerRows.TIER);
    for (int i = 0; i < table.size(); i++) {
      table.read(i, row);
      writer.write(row);
      if (writer.isFull(BATCH_BYTES)) {
        output.accept(writer.batch());
        writer.begin(keyGroup, LedgerRows.TIER);
      }
    }
    if (writer.rows() > 0) {
      output.accept(writer.batch());
    }
    table.clear();
    // orgs of an epoch are forgotten with it, or they would grow with all that ever were
    orgs = new MetricNames(System.nanoTime());
    Arrays.fill(orgOfName, UNKNOWN);
    org = UNKNOWN;
  }
}
