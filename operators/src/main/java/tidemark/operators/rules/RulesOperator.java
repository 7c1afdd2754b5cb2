package tidemark.operators.rules;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import tidemark.operators.KeyGroups;
import tidemark.operators.PartialBatchSerializer;
import tidemark.operators.PartialSender;
import tidemark.operators.PointLedger;
import tidemark.serde.definition.DefinitionSet;
import tidemark.serde.partial.PartialBatch;
import tidemark.serde.partial.PartialReader;
import tidemark.serde.partial.PartialWriter;
import tidemark.serde.table.LedgerRows;
import tidemark.state.MetricNames;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SeriesIdentity;

/**
 * Merges closed 10 s rows into rows of the coarser series that rules and monitors make of them, and
 * sends these to their key groups by a side output: before the watermark that closed them goes on,
 * before a barrier, and when they are many. The rows themselves pass, unless a rule drops them.
 *
 * <p>So a coarser series gets one row for each task and window, however many points it has. A row
 * costs nothing while its org defines nothing, and else a look-up of its metric; one of a metric
 * that a definition takes costs a look-up of its series and a merge for each coarser one. Where a
 * series goes is found out once, until a definition of its org changes.
 *
 * <p>State: see {@link SeriesTags}. Metrics, group {@code tidemark.rules}: {@code rowsMerged},
 * {@code rowsSent}, {@code batchesSent}, {@code rowsDropped}, {@code rowsWithoutTags} (of series
 * that were announced to a job without this stage only), {@code routesFound} (series of which it
 * was found out where they go), {@code coarserSeries}.
 */
public final class RulesOperator extends AbstractStreamOperator<PartialBatch>
    implements OneInputStreamOperator<PartialBatch, PartialBatch>, BoundedOneInput {
  /** Rows and series of coarser series, by key group, not closed. */
  public static final OutputTag<PartialBatch> COARSER =
      new OutputTag<>("coarser", PartialBatchSerializer.TYPE);

  private static final long serialVersionUID = 1L;

  private final RulesConfig settings;
  private final KeyGroups keyGroups;
  private final int tierSeconds;

  private transient SeriesTags tags;
  private transient Router router;
  private transient SeriesRoutes routes;
  private transient MetricNames names;
  private transient PartialReader reader;
  private transient PartialRow row;
  private transient PartialTable table;
  private transient PartialSender sender;
  private transient PartialWriter kept;
  private transient StreamRecord<PartialBatch> element;
  private transient StreamRecord<PartialBatch> coarser;
  private transient PointLedger dropped;

  private transient Counter rowsMerged;
  private transient Counter rowsDropped;
  private transient Counter rowsWithoutTags;
  private transient Counter routesFound;

  /**
   * @param tierSeconds resolution of the rows that rules are applied to
   */
  public RulesOperator(RulesConfig settings, KeyGroups keyGroups, int tierSeconds) {
    this.settings = settings;
    this.keyGroups = keyGroups;
    this.tierSeconds = tierSeconds;
  }

  @Override
  public void open() throws Exception {
    super.open();
    tags = new SeriesTags(getRuntimeContext().getMapState(SeriesTags.STATE));
    names = new MetricNames(System.nanoTime());
    router = new Router(names);
    routes = new SeriesRoutes();
    reader = new PartialReader(names);
    row = new PartialRow();
    table = new PartialTable(16);
    kept = new PartialWriter(names, new PartialBatch(1 << 12));
    element = new StreamRecord<>(kept.batch());
    coarser = new StreamRecord<>(null);
    dropped = new PointLedger(LedgerRows.DROPPED);
    dropped.useNames(names);
    MetricGroup group = getMetricGroup().addGroup("tidemark").addGroup("rules");
    rowsMerged = group.counter("rowsMerged");
    rowsDropped = group.counter("rowsDropped");
    rowsWithoutTags = group.counter("rowsWithoutTags");
    routesFound = group.counter("routesFound");
    group.gauge("coarserSeries", this::coarserSeries);
    sender =
        new PartialSender(
            keyGroups,
            settings.batchBytes(),
            batch -> output.collect(COARSER, coarser.replace(batch)),
            group.counter("rowsSent"),
            group.counter("batchesSent"));
    sender.useNames(names);
  }

  /** Coarser series that it remembers. */
  int coarserSeries() {
    return router.targets();
  }

  /** How often it found out where a series goes. */
  long routesFound() {
    return routesFound.getCount();
  }

  @Override
  public void processElement(StreamRecord<PartialBatch> input) throws Exception {
    PartialBatch batch = input.getValue();
    switch (batch.kind()) {
      case PARTIALS -> {
        if (batch.isPartialsOf(tierSeconds) && !router.isEmpty()) {
          apply(input);
        } else {
          output.collect(input);
        }
      }
      case ANNOUNCED -> tags.keep(batch);
      case DEFINITIONS -> learn(batch);
      case SERIES, REPORT, STATUS, VERDICTS -> output.collect(input);
    }
  }

  private void learn(PartialBatch batch) {
    flush();
    routes.forget(router.learn(DefinitionSet.ofBytes(batch.toBytes())));
  }

  private void apply(StreamRecord<PartialBatch> input) throws Exception {
    PartialBatch batch = input.getValue();
    kept.begin(batch.keyGroup(), batch.tierSeconds());
    long droppedBefore = rowsDropped.getCount();
    reader.open(batch);
    while (reader.next(row)) {
      if (!router.takesName(row.name) || !merge()) {
        continue;
      }
      dropped.count(row.name, row.windowStartMs, row.count);
      rowsDropped.inc();
    }
    if (rowsDropped.getCount() == droppedBefore) {
      output.collect(input);
    } else {
      sendKept(batch);
    }
  }

  /** Merges the row into all coarser ones; whether it is to be dropped itself. */
  private boolean merge() throws Exception {
    boolean isDropped = false;
    long seriesId = row.seriesId;
    int name = row.name;
    for (Route route : routesOf(seriesId, name)) {
      if (route.takes(row.type, row.windowStartMs)) {
        mergeInto(route.target());
        row.seriesId = seriesId;
        row.name = name;
        isDropped |= route.dropsFiner();
      }
    }
    return isDropped;
  }

  private void mergeInto(CoarserTarget target) {
    target.announce(row.type, row.windowStartMs).ifPresent(sender::announce);
    row.seriesId = target.seriesId;
    row.name = target.name(row.type);
    table.mergeAs(row, row.windowStartMs);
    rowsMerged.inc();
    if (table.size() >= settings.maxEntries()) {
      flush();
    }
  }

  private Route[] routesOf(long seriesId, int name) throws Exception {
    Route[] known = routes.get(seriesId);
    if (known == null) {
      SeriesIdentity series = tags.of(seriesId).orElse(null);
      if (series == null) {
        rowsWithoutTags.inc();
        return Route.NONE;
      }
      known = router.routes(series, name);
      routesFound.inc();
      if (routes.entries() + 1 + known.length > settings.maxCachedSeries()) {
        forgetRoutes();
        known = router.routes(series, name);
      }
      routes.put(seriesId, name, known);
    }
    return known;
  }

  /** The coarser series go as well: an org may make one of each finer series, or several. */
  private void forgetRoutes() {
    routes.clear();
    router.forgetTargets();
  }

  /** The rows of the batch that no rule drops; rare, so the batch is read once more. */
  private void sendKept(PartialBatch batch) throws Exception {
    reader.open(batch);
    while (reader.next(row)) {
      if (!isDropped()) {
        kept.write(row);
      }
    }
    if (kept.rows() > 0) {
      output.collect(element.replace(kept.batch()));
    }
  }

  private boolean isDropped() throws Exception {
    if (router.takesName(row.name)) {
      for (Route route : routesOf(row.seriesId, row.name)) {
        if (route.dropsFiner() && route.takes(row.type, row.windowStartMs)) {
          return true;
        }
      }
    }
    return false;
  }

  private void flush() {
    if (table.size() > 0) {
      sender.add(table);
      table.clear();
    }
    sender.sendRows();
    sender.sendAnnouncements();
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    flush();
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    end();
  }

  @Override
  public void endInput() {
    end();
  }

  private void end() {
    flush();
    int group = keyGroups.rangeOf(getRuntimeContext().getTaskInfo()).getStartKeyGroup();
    dropped.drain(group, batch -> output.collect(element.replace(batch)));
    element.replace(kept.batch());
  }
}
