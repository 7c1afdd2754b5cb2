package tidemark.jobs;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Reads the stored tables with Iceberg's own generic reader and merges partial rows in decimals: it
 * shares no code with the writer but the table's documented meaning.
 */
final class StoredTables implements AutoCloseable {
  private final JdbcCatalog catalog = new JdbcCatalog();

  StoredTables(Path warehouse, Path catalogFile) {
    this(warehouse, catalogFile, "tidemark");
  }

  /**
   * @param name of the catalog in the file
   */
  StoredTables(Path warehouse, Path catalogFile, String name) {
    catalog.initialize(
        name,
        Map.of(
            CatalogProperties.URI,
            "jdbc:sqlite:" + catalogFile + "?journal_mode=WAL&busy_timeout=10000",
            CatalogProperties.WAREHOUSE_LOCATION,
            warehouse.toUri().toString(),
            CatalogProperties.FILE_IO_IMPL,
            "tidemark.serde.catalog.FlinkFileIO",
            "jdbc.schema-version",
            "V1"));
  }

  Table rollups() {
    return catalog.loadTable(TableIdentifier.of("tidemark", "rollups"));
  }

  Table series() {
    return catalog.loadTable(TableIdentifier.of("tidemark", "series"));
  }

  boolean hasRollups() {
    return catalog.tableExists(TableIdentifier.of("tidemark", "rollups"));
  }

  /** The rollups table's commits, oldest first. */
  List<Snapshot> snapshots() {
    List<Snapshot> snapshots = new ArrayList<>();
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(rollups())) {
      snapshots.add(0, snapshot);
    }
    return snapshots;
  }

  /** Summaries of the rollups table's commits, oldest first. */
  List<Map<String, String>> summaries() {
    return snapshots().stream().map(Snapshot::summary).toList();
  }

  /**
   * Points by org and minute that each step counted, and {@code stored}, at one commit. The ledger
   * is tier 0.
   */
  Map<Expected.Minute, Map<String, Long>> ledger(long snapshotId) throws IOException {
    Map<Expected.Minute, Map<String, Long>> ledger = new HashMap<>();
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(rollups())
            .useSnapshot(snapshotId)
            .where(Expressions.in("tier", 0, 10))
            .select("tier", "org", "metric", "window_start", "count")
            .build()) {
      for (Record record : records) {
        boolean isLedger = record.getField("tier").equals(0);
        if (((String) record.getField("metric")).contains("@")) {
          continue; // of a rule: its points are counted with those that it merges
        }
        long startMs =
            ((OffsetDateTime) record.getField("window_start")).toInstant().toEpochMilli();
        ledger
            .computeIfAbsent(
                Expected.Minute.of((String) record.getField("org"), startMs),
                key -> new HashMap<>())
            .merge(
                isLedger ? (String) record.getField("metric") : "stored",
                (Long) record.getField("count"),
                Long::sum);
      }
    }
    return ledger;
  }

  Map<Expected.Key, Expected.Row> rows() throws IOException {
    return rows(rollups().currentSnapshot().snapshotId());
  }

  /** Merged rows of all tiers as they were at one commit. */
  Map<Expected.Key, Expected.Row> rows(long snapshotId) throws IOException {
    return rows(snapshotId, tagsBySeries(IcebergGenerics.read(series())));
  }

  /** Merged rows of all tiers at the head of a branch, by what its own series say. */
  Map<Expected.Key, Expected.Row> rows(String branch) throws IOException {
    return rows(
        rollups().snapshot(branch).snapshotId(),
        tagsBySeries(
            IcebergGenerics.read(series()).useSnapshot(series().snapshot(branch).snapshotId())));
  }

  private Map<Expected.Key, Expected.Row> rows(long snapshotId, Map<String, List<String>> tags)
      throws IOException {
    Map<Expected.Key, Expected.Row> rows = new HashMap<>();
    try (CloseableIterable<Record> records =
        IcebergGenerics.read(rollups())
            .useSnapshot(snapshotId)
            .where(Expressions.greaterThan("tier", 0))
            .build()) {
      for (Record record : records) {
        String org = (String) record.getField("org");
        String metric = (String) record.getField("metric");
        List<String> seriesTags =
            tags.get(org + "\0" + metric + "\0" + record.getField("series_id"));
        long startMs =
            ((OffsetDateTime) record.getField("window_start")).toInstant().toEpochMilli();
        rows.merge(
            new Expected.Key(
                (Integer) record.getField("tier"),
                org,
                metric,
                seriesTags,
                (String) record.getField("type"),
                startMs),
            row(record, startMs),
            StoredTables::merge);
      }
    }
    return rows;
  }

  private static Map<String, List<String>> tagsBySeries(IcebergGenerics.ScanBuilder series)
      throws IOException {
    Map<String, List<String>> tags = new HashMap<>();
    try (CloseableIterable<Record> records = series.build()) {
      for (Record record : records) {
        @SuppressWarnings("unchecked") // the table's schema says so
        Map<String, String> map = (Map<String, String>) record.getField("tags");
        List<String> sorted = new ArrayList<>();
        map.forEach((key, value) -> sorted.add(key + ":" + value));
        sorted.sort(Comparator.naturalOrder());
        tags.put(
            record.getField("org")
                + "\0"
                + record.getField("metric")
                + "\0"
                + record.getField("series_id"),
            sorted);
      }
    }
    return tags;
  }

  private static Expected.Row row(Record record, long startMs) throws IOException {
    long count = (Long) record.getField("count");
    Double sum = (Double) record.getField("sum");
    BigDecimal exact = new BigDecimal(sum);
    if (record.getField("sum_low") != null) {
      exact = exact.add(new BigDecimal((Double) record.getField("sum_low")));
    }
    if (record.getField("sum_rest") != null) {
      ByteBuffer rest = (ByteBuffer) record.getField("sum_rest");
      while (rest.hasRemaining()) {
        exact = exact.add(new BigDecimal(rest.getDouble()));
      }
    }
    exact = exact.stripTrailingZeros();
    String type = (String) record.getField("type");
    if (type.equals("counter")) {
      return new Expected.Row(count, exact, null, null, null, null, null);
    }
    Double min = orElse((Double) record.getField("min"), sum);
    Double max = orElse((Double) record.getField("max"), sum);
    if (type.equals("distribution")) {
      return new Expected.Row(
          count, exact, min, max, null, null, bins((ByteBuffer) record.getField("sketch")));
    }
    return new Expected.Row(
        count,
        exact,
        min,
        max,
        orElse((Double) record.getField("last"), sum),
        startMs + (Integer) record.getField("last_ms"),
        null);
  }

  /** Bins of a stored sketch. */
  static Map<Integer, Long> bins(ByteBuffer bytes) throws IOException {
    byte[] sketch = new byte[bytes.remaining()];
    bytes.get(sketch);
    return Expected.bins(
        DDSketch.decode(
            ByteArrayInput.wrap(Arrays.copyOfRange(sketch, 1, sketch.length)),
            UnboundedSizeDenseStore::new,
            new LogarithmicMapping(Math.pow(2, 1 / 64.0), 0)));
  }

  private static Double orElse(Double value, Double other) {
    return value == null ? other : value;
  }

  /** What two partial rows come to. */
  static Expected.Row merge(Expected.Row a, Expected.Row b) {
    Expected.Row later =
        a.last() == null
                || a.lastTimestampMs() > b.lastTimestampMs()
                || (a.lastTimestampMs().equals(b.lastTimestampMs()) && a.last() > b.last())
            ? a
            : b;
    Map<Integer, Long> bins = null;
    if (a.bins() != null) {
      bins = new HashMap<>(a.bins());
      for (Map.Entry<Integer, Long> bin : b.bins().entrySet()) {
        bins.merge(bin.getKey(), bin.getValue(), Long::sum);
      }
    }
    return new Expected.Row(
        a.count() + b.count(),
        a.sum().add(b.sum()).stripTrailingZeros(),
        a.min() == null ? null : Double.valueOf(Math.min(a.min(), b.min())),
        a.max() == null ? null : Double.valueOf(Math.max(a.max(), b.max())),
        later.last(),
        later.lastTimestampMs(),
        bins);
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
