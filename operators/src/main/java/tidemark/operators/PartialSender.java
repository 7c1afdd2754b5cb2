package tidemark.operators;

import java.util.function.Consumer;
import org.apache.flink.metrics.Counter;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.partial.SeriesCodec;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;

/**
 * Sorts rows and series into one batch per key group and sends those that are full; a series that
 * was announced before a row is sent before it, too.
 *
 * <p>Memory: one batch of rows and, once needed, one of series per key group. Not thread-safe.
 */
public final class PartialSender {
  private final KeyGroups keyGroups;
  private final int batchBytes;
  private final Consumer<PartialBatch> output;
  private final Counter partialsSent;
  private final Counter batchesSent;

  private final PartialWriter[] partials;
  private final PartialBatch[] series;
  private final PartialRow row = new PartialRow();
  private int waiting;
  private boolean hasSeries;

  /**
   * @param output takes each batch, which is valid during the call only
   */
  public PartialSender(
      KeyGroups keyGroups,
      int batchBytes,
      Consumer<PartialBatch> output,
      Counter partialsSent,
      Counter batchesSent) {
    this.keyGroups = keyGroups;
    this.batchBytes = batchBytes;
    this.output = output;
    this.partialsSent = partialsSent;
    this.batchesSent = batchesSent;
    partials = new PartialWriter[keyGroups.maxParallelism()];
    series = new PartialBatch[keyGroups.maxParallelism()];
  }

  /** Rows from here on carry names by these numbers; none of the old ones may be waiting. */
  public void useNames(MetricNames names) {
    for (int group = 0; group < partials.length; group++) {
      partials[group] = new PartialWriter(names, new PartialBatch(1024));
      partials[group].begin(group, PartialBatch.OPEN);
    }
  }

  /** Takes over all rows of the table, which is left as it is, and sends batches that are full. */
  public void add(PartialTable table) {
    for (int i = 0; i < table.size(); i++) {
      table.read(i, row);
      PartialWriter writer = partials[keyGroups.groupOf(row.seriesId)];
      writer.write(row);
      if (writer.isFull(batchBytes)) {
        sendRows(writer);
      }
    }
    waiting += table.size();
  }

  /** Rows that were added and wait in batches that are not full. */
  public int waiting() {
    return waiting;
  }

  /** Sends them. */
  public void sendRows() {
    if (waiting > 0) {
      for (PartialWriter writer : partials) {
        if (writer.rows() > 0) {
          sendRows(writer);
        }
      }
    }
  }

  private void sendRows(PartialWriter writer) {
    int group = writer.batch().keyGroup();
    if (series[group] != null && !series[group].isEmpty()) {
      sendSeries(group); // no row comes before its series
    }
    partialsSent.inc(writer.rows());
    waiting -= writer.rows();
    send(writer.batch());
    writer.begin(group, PartialBatch.OPEN);
  }

  /** Takes a series; its batch is sent when it is full. */
  public void announce(SeriesEntry entry) {
    int group = keyGroups.groupOf(entry.seriesId());
    if (series[group] == null) {
      series[group] = new PartialBatch(1024);
      series[group].reset(PartialBatch.Kind.SERIES, group, PartialBatch.OPEN);
    }
    SeriesCodec.append(entry, series[group]);
    hasSeries = true;
    if (series[group].length() >= batchBytes) {
      sendSeries(group);
    }
  }

  /** Sends all series that wait. */
  public void sendAnnouncements() {
    if (!hasSeries) {
      return;
    }
    for (int group = 0; group < series.length; group++) {
      if (series[group] != null && !series[group].isEmpty()) {
        sendSeries(group);
      }
    }
    hasSeries = false;
  }

  private void sendSeries(int group) {
    send(series[group]);
    series[group].reset(PartialBatch.Kind.SERIES, group, PartialBatch.OPEN);
  }

  /** Sends a batch as it is. */
  public void send(PartialBatch batch) {
    batchesSent.inc();
    output.accept(batch);
  }
}
