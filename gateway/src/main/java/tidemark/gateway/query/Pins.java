package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tidemark.gateway.Epoch;
import tidemark.gateway.hot.Committed;
import tidemark.gateway.hot.HotRows;
import tidemark.gateway.hot.HotView;
import tidemark.gateway.tables.AllTables;
import tidemark.gateway.tables.TableVersion;

/**
 * The current version of the tables, and those that running queries still read: hot rows stay until
 * no pinned version needs them. Thread-safe.
 */
final class Pins {
  private final Optional<HotRows> hotRows;
  private final List<Pin> pinned = new ArrayList<>();
  private AllTables current = AllTables.EMPTY;

  Pins(Optional<HotRows> hotRows) {
    this.hotRows = hotRows;
  }

  /** A version and the hot rows beside it, as long as it is open. */
  final class Pin implements AutoCloseable {
    private final AllTables tables;
    private final String org;
    private final HotView hot;

    private Pin(AllTables tables, String org, HotView hot) {
      this.tables = tables;
      this.org = org;
      this.hot = hot;
    }

    /** What the org's answers are read from. */
    TableVersion version() {
      return tables.of(org);
    }

    HotView hot() {
      return hot;
    }

    /** The last complete millisecond of the org. */
    long watermarkMs() {
      return tables.watermarkMs(
          org, Math.max(tables.own().watermarkMs(), hot.watermarkMs().orElse(0L)));
    }

    /** The same of stored rows. */
    long storedWatermarkMs() {
      return tables.watermarkMs(org, tables.own().watermarkMs());
    }

    /** What the watermark rests on, as the last commits had it. */
    String watermarkKind() {
      return tables.watermarkKind(org);
    }

    /** Whether other jobs that count points of the org have proven their watermarks. */
    boolean areOthersProven() {
      return tables.areOthersProven(org);
    }

    /** Windows that end at or before it are closed, and their rows are here. */
    long closedToMs() {
      return Epoch.closedToMs(watermarkMs());
    }

    /**
     * Whether all windows that end at or before that time are closed.
     *
     * @param toMs {@link Long#MAX_VALUE} for no end, which is never complete
     */
    boolean isComplete(long toMs) {
      return toMs != Long.MAX_VALUE && toMs <= closedToMs();
    }

    @Override
    public void close() {
      release(this);
    }
  }

  synchronized void publish(AllTables tables) {
    current = tables;
  }

  synchronized AllTables current() {
    return current;
  }

  /** Pins the current version for statements of an org. */
  synchronized Pin pin(String org) {
    HotView hot = hotRows.map(rows -> rows.view(current.own().committed())).orElse(HotView.NONE);
    Pin pin = new Pin(current, org, hot);
    pinned.add(pin);
    return pin;
  }

  /** Pins an older version, which has no hot rows beside it. */
  synchronized Pin pin(String org, AllTables tables) {
    return new Pin(tables, org, HotView.NONE);
  }

  private synchronized void release(Pin pin) {
    pinned.remove(pin);
  }

  /**
   * What the oldest version says that may still need hot rows; empty as long as a query of another
   * lineage runs, since nothing can be dropped until it is done.
   */
  synchronized Optional<Committed> oldest() {
    Committed oldest = current.own().committed();
    for (Pin pin : pinned) {
      Committed committed = pin.tables.own().committed();
      if (!committed.lineage().equals(oldest.lineage())) {
        return Optional.empty();
      }
      if (committed.checkpoint() < oldest.checkpoint()) {
        oldest = committed;
      }
    }
    return Optional.of(oldest);
  }
}
