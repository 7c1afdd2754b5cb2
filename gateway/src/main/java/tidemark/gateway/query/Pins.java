package tidemark.gateway.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tidemark.gateway.Epoch;
import tidemark.gateway.hot.Committed;
import tidemark.gateway.hot.HotRows;
import tidemark.gateway.hot.HotView;
import tidemark.gateway.tables.TableVersion;

/**
 * The current version of the tables, and those that running queries still read: hot rows stay until
 * no pinned version needs them. Thread-safe.
 */
final class Pins {
  private final Optional<HotRows> hotRows;
  private final List<Pin> pinned = new ArrayList<>();
  private TableVersion current = TableVersion.EMPTY;

  Pins(Optional<HotRows> hotRows) {
    this.hotRows = hotRows;
  }

  /** A version and the hot rows beside it, as long as it is open. */
  final class Pin implements AutoCloseable {
    private final TableVersion version;
    private final HotView hot;

    private Pin(TableVersion version, HotView hot) {
      this.version = version;
      this.hot = hot;
    }

    TableVersion version() {
      return version;
    }

    HotView hot() {
      return hot;
    }

    /** The last complete millisecond. */
    long watermarkMs() {
      return Math.max(version.watermarkMs(), hot.watermarkMs().orElse(0L));
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

  synchronized void publish(TableVersion version) {
    current = version;
  }

  synchronized TableVersion current() {
    return current;
  }

  /** Pins the current version. */
  synchronized Pin pin() {
    HotView hot = hotRows.map(rows -> rows.view(current.committed())).orElse(HotView.NONE);
    Pin pin = new Pin(current, hot);
    pinned.add(pin);
    return pin;
  }

  /** Pins an older version, which has no hot rows beside it. */
  synchronized Pin pin(TableVersion version) {
    return new Pin(version, HotView.NONE);
  }

  private synchronized void release(Pin pin) {
    pinned.remove(pin);
  }

  /**
   * What the oldest version says that may still need hot rows; empty as long as a query of another
   * lineage runs, since nothing can be dropped until it is done.
   */
  synchronized Optional<Committed> oldest() {
    Committed oldest = current.committed();
    for (Pin pin : pinned) {
      Committed committed = pin.version().committed();
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
