package tidemark.operators;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.LedgerRows;
import tidemark.serde.wire.PointBlock;
import tidemark.state.MetricNames;

/**
 * One Kafka record on its way through decode, admit and combine: the columns of its points, and
 * what admission makes of each series.
 *
 * <p>One instance per task, reused for every record and handed on by reference: the three stages
 * are always chained. Not thread-safe.
 */
public final class IntakeBatch {
  /** {@link #name} of a series that was refused. */
  public static final int REFUSED = -1;

  private final PointBlock points = new PointBlock();
  private final EpochLedger ledger = new EpochLedger();
  private final PointLedger accepted = new PointLedger(LedgerRows.ACCEPTED);
  private final List<SeriesEntry> announcements = new ArrayList<>();
  private IntakeRecord source;
  private MetricNames names;

  // by series of the block
  private long[] seriesId = new long[256];
  private int[] name = new int[256];
  private int[] pointsEnd = new int[256];

  /** Empties the batch for the next record. */
  public void begin(IntakeRecord source) {
    this.source = source;
    points.begin();
  }

  public IntakeRecord source() {
    return source;
  }

  public PointBlock points() {
    return points;
  }

  public EpochLedger ledger() {
    return ledger;
  }

  /** Points admitted, by org and minute. */
  public PointLedger accepted() {
    return accepted;
  }

  /** Series to tell the index about; combining takes them away. */
  public List<SeriesEntry> announcements() {
    return announcements;
  }

  /** Makes room for what admission says of each series. */
  public void reserveSeries() {
    int needed = points.seriesCount();
    if (needed > name.length) {
      int capacity = Math.max(needed, name.length * 2);
      seriesId = Arrays.copyOf(seriesId, capacity);
      name = Arrays.copyOf(name, capacity);
      pointsEnd = Arrays.copyOf(pointsEnd, capacity);
    }
  }

  public void admit(int series, long id, int nameNumber, int pointsEnd) {
    seriesId[series] = id;
    name[series] = nameNumber;
    this.pointsEnd[series] = pointsEnd;
  }

  public void refuse(int series) {
    name[series] = REFUSED;
  }

  public boolean isRefused(int series) {
    return name[series] == REFUSED;
  }

  public long seriesId(int series) {
    return seriesId[series];
  }

  /** Number of (org, metric, type) in {@link #names}. */
  public int name(int series) {
    return name[series];
  }

  /** End, exclusive, of the admitted points of a series; they begin at its first point. */
  public int pointsEnd(int series) {
    return pointsEnd[series];
  }

  public MetricNames names() {
    return names;
  }

  public void setNames(MetricNames names) {
    this.names = names;
  }
}
