package tidemark.maintain;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.FlinkFileIO;
import tidemark.serde.catalog.TableCatalog;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.EpochKeys;
import tidemark.serde.table.RollupRows;
import tidemark.serde.table.SeriesRows;
import tidemark.serde.table.TableFileWriter;
import tidemark.state.MetricNames;
import tidemark.state.MetricType;
import tidemark.state.PartialRow;
import tidemark.state.PartialTable;
import tidemark.state.SeriesIdentity;

/**
 * Real tables that an epoch is appended to now and then, as a job does: partial rows of all tiers
 * in small files, now and then a new series, late points all the time. It knows which points each
 * epoch holds. One thread appends, any may ask for points.
 */
final class GrowingTables implements AutoCloseable {
  static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  static final int SECONDS = 2 * 3600;
  static final List<String> ORGS = List.of("acme", "umbra");

  private static final String METRIC = "cpu";
  private static final int[] TIERS = {10, 60, 3600};
  private static final int MAX_HOSTS = 5;

  /** A point of a gauge, whose value is a whole number: any sum of them is exact. */
  record Point(String org, int host, long timeMs, int value) {
    long windowMs(int tierSeconds) {
      long tierMs = tierSeconds * 1000L;
      return Math.floorDiv(timeMs, tierMs) * tierMs;
    }
  }

  private final CatalogAddress address;
  private final TableCatalog catalog;
  private final Random random;
  private final List<Point> points = new ArrayList<>();
  private final Map<Long, Integer> pointsUpTo = new HashMap<>();
  private long checkpoint;
  private int files;

  GrowingTables(Path folder, Random random) {
    address =
        new CatalogAddress(
            "jdbc:sqlite:" + folder.resolve("catalog.db"),
            "tidemark",
            "file://" + folder.resolve("warehouse"));
    catalog = new TableCatalog(address);
    this.random = random;
  }

  CatalogAddress address() {
    return address;
  }

  TableCatalog catalog() {
    return catalog;
  }

  static long seriesId(String org, int host) {
    return identity(org, host).hash()[0];
  }

  private static SeriesIdentity identity(String org, int host) {
    return new SeriesIdentity(org, METRIC, List.of("host:h" + host));
  }

  /** The points that an epoch and all before it hold. */
  List<Point> points(long epoch) {
    synchronized (points) {
      return List.copyOf(points.subList(0, pointsUpTo.get(epoch)));
    }
  }

  /** Commits some more points, of series that were committed before them. */
  void append() throws IOException {
    checkpoint++;
    int hosts = (int) Math.min(checkpoint, MAX_HOSTS);
    if (hosts == checkpoint) {
      appendSeries(hosts - 1);
    }
    List<Point> fresh = new ArrayList<>();
    for (int i = 20 + random.nextInt(60); i > 0; i--) {
      fresh.add(
          new Point(
              ORGS.get(random.nextInt(ORGS.size())),
              random.nextInt(hosts),
              START.toEpochMilli() + random.nextInt(SECONDS) * 1000L,
              random.nextInt(1000) - 300));
    }
    synchronized (points) {
      points.addAll(fresh); // before the commit: whoever reads it asks for them at once
      pointsUpTo.put(checkpoint, points.size());
    }
    Table table = catalog.rollups();
    AppendFiles append = table.newAppend();
    for (int tier : TIERS) {
      append.appendFile(rollupFile(table, tier, fresh));
    }
    describe(append);
    append.commit();
  }

  private void describe(AppendFiles append) {
    append.set(EpochKeys.LINEAGE, "lineage-1");
    append.set(EpochKeys.CHECKPOINT, Long.toString(checkpoint));
    append.set(
        EpochKeys.WATERMARK_MS, Long.toString(START.plusSeconds(SECONDS).toEpochMilli() - 1));
    append.set(EpochKeys.WATERMARK_KIND, "heartbeat");
  }

  private DataFile rollupFile(Table table, int tier, List<Point> fresh) throws IOException {
    MetricNames names = new MetricNames(1);
    PartialTable partials = new PartialTable(16);
    for (Point point : fresh) {
      int name = names.number(MetricType.GAUGE, point.org(), METRIC);
      int entry =
          partials.entry(
              seriesId(point.org(), point.host()), name, MetricType.GAUGE, point.windowMs(tier));
      partials.addReadings(entry, new long[] {point.timeMs()}, new double[] {point.value()}, 0, 1);
    }
    RollupRows rows = new RollupRows(names);
    PartialRow row = new PartialRow();
    for (int i = 0; i < partials.size(); i++) {
      partials.read(i, row);
      rows.add(row);
    }
    String partition =
        "tier=%d/window_start_day=%s"
            .formatted(tier, LocalDate.ofEpochDay(START.getEpochSecond() / 86_400));
    String location =
        "%s/tidemark/rollups/data/%s/%d.parquet".formatted(address.warehouse(), partition, files++);
    return TableFileWriter.writeRollups(rows, tier, partition, table.io().newOutputFile(location));
  }

  private void appendSeries(int host) throws IOException {
    SeriesRows rows = new SeriesRows();
    for (String org : ORGS) {
      long[] hash = identity(org, host).hash();
      long seenMs = START.toEpochMilli();
      rows.add(
          new SeriesEntry(hash[0], hash[1], MetricType.GAUGE, identity(org, host), seenMs, seenMs));
    }
    String location = "%s/tidemark/series/data/%d.parquet".formatted(address.warehouse(), host);
    DataFile file = TableFileWriter.writeSeries(rows, new FlinkFileIO().newOutputFile(location));
    catalog.series().newAppend().appendFile(file).commit();
  }

  long checkpoint() {
    return checkpoint;
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
