package tidemark.gameday;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.mapping.LogarithmicMapping;
import com.datadoghq.sketch.ddsketch.store.UnboundedSizeDenseStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables as any reader of Iceberg finds them, partial rows merged here and by the sketch
 * library, with none of our own code. Not thread-safe.
 */
final class StoredTables implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredTables.class);
  static final String MAIN = "main";
  private static final TableIdentifier ROLLUPS = TableIdentifier.of("tidemark", "rollups");
  private static final TableIdentifier ARCHIVE = TableIdentifier.of("tidemark", "archive");
  private static final String ARCHIVE_ENDS = "tidemark.archive.ends";
  private static final TableIdentifier SERIES = TableIdentifier.of("tidemark", "series");
  private static final int LEDGER = 0;
  private static final double GAMMA = Math.pow(2, 1 / 64.0);

  private final Supplier<JdbcCatalog> opening;
  private Optional<JdbcCatalog> catalog = Optional.empty();

  /**
   * Opens the catalog, which must be there.
   *
   * @param objects directory of the object store's buckets
   */
  StoredTables(String catalogName, String catalogUri, String warehouse, Path objects) {
    DirectoryFileIO files = new DirectoryFileIO();
    files.initialize(Map.of(DirectoryFileIO.DIRECTORY, objects.toString()));
    opening = () -> open(catalogName, catalogUri, warehouse, files);
  }

  private JdbcCatalog catalog() {
    if (catalog.isEmpty()) {
      catalog = Optional.of(opening.get());
    }
    return catalog.orElseThrow();
  }

  private static JdbcCatalog open(
      String catalogName, String catalogUri, String warehouse, DirectoryFileIO files) {
    JdbcCatalog catalog = new JdbcCatalog(properties -> files, null, false);
    catalog.initialize(
        catalogName,
        Map.of(
            "uri",
            catalogUri.startsWith("jdbc:sqlite:")
                ? catalogUri + "?journal_mode=WAL&busy_timeout=10000"
                : catalogUri,
            "warehouse",
            warehouse,
            "jdbc.schema-version",
            "V1"));
    return catalog;
  }

  /**
   * Commits of a branch, newest first; none while there is no catalog, no table or no such branch.
   */
  List<Commit> commits(String branch) {
    List<Commit> commits = new ArrayList<>();
    try {
      Table table = catalog().loadTable(ROLLUPS);
      Snapshot head = table.snapshot(branch);
      if (head != null) {
        for (Snapshot snapshot : SnapshotUtil.ancestorsOf(head.snapshotId(), table::snapshot)) {
          commits.add(Commit.of(snapshot));
        }
      }
    } catch (NoSuchTableException e) {
      LOG.debug("no table to look at", e);
    } catch (UncheckedSQLException e) {
      LOG.debug("no catalog to look at", e);
      close(); // its pool would keep a connection to a server that was killed
    }
    return commits;
  }

  /** The newest commit of the store in a branch. */
  Optional<Commit> nearest(String branch) {
    return commits(branch).stream().filter(Commit::isOfStore).findFirst();
  }

  /** Next offset of each partition in the archive; none while there is no archive. */
  Map<Integer, Long> archivedTo(String topic) {
    try {
      Snapshot head = catalog().loadTable(ARCHIVE).currentSnapshot();
      return head == null
          ? Map.of()
          : Commit.offsets(head.summary().getOrDefault(ARCHIVE_ENDS, "{}"), topic);
    } catch (NoSuchTableException e) {
      LOG.debug("no archive to look at", e);
      return Map.of();
    }
  }

  /**
   * What the archive holds.
   *
   * @param bytes of its files
   * @param rawBytes of the records in them, as they came
   */
  record Archived(long bytes, long rawBytes) {}

  Archived archived() {
    Map<String, Long> files = new HashMap<>();
    LongAdder raw = new LongAdder();
    read(
        ARCHIVE,
        MAIN,
        Expressions.notNull("file"),
        (row, table) -> {
          files.put((String) row.getField("file"), (long) row.getField("file_bytes"));
          raw.add((long) row.getField("payload_bytes"));
        });
    return new Archived(files.values().stream().mapToLong(Long::longValue).sum(), raw.sum());
  }

  /** A data file of the rollups table, of any tier. */
  record StoredFile(int tier, int day, long bytes, String location) {}

  /** Data files of a branch; of one that does not exist, none. */
  List<StoredFile> dataFiles(String branch) {
    Table table = catalog().loadTable(ROLLUPS);
    Snapshot head = table.snapshot(branch);
    List<StoredFile> files = new ArrayList<>();
    if (head == null) {
      return files;
    }
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(head.snapshotId()).planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(
            new StoredFile(
                task.file().partition().get(0, Integer.class),
                task.file().partition().get(1, Integer.class),
                task.file().fileSizeInBytes(),
                task.file().location()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Snapshots of the rollups table that have not expired. */
  int snapshots() {
    int count = 0;
    for (Snapshot unused : catalog().loadTable(ROLLUPS).snapshots()) {
      count++;
    }
    return count;
  }

  /** What a series id stands for: org, metric, type, tags. */
  private record SeriesName(String org, String metric, String type, String tags) {}

  /** All merged rows of a branch, and their sketches. */
  record Rows(Map<RowKey, RowValue> values, Map<RowKey, DDSketch> sketches, long stored) {

    /** Some of them; {@code stored} stays that of all. */
    Rows only(Predicate<RowKey> isWanted) {
      Map<RowKey, RowValue> some = new HashMap<>(values);
      some.keySet().removeIf(isWanted.negate());
      Map<RowKey, DDSketch> someSketches = new HashMap<>(sketches);
      someSketches.keySet().removeIf(isWanted.negate());
      return new Rows(some, someSketches, stored);
    }
  }

  /** Reads a branch whole; a minute for some ten million rows. */
  Rows rows(String branch) {
    Map<Long, Map<String, SeriesName>> names = seriesNames(branch);
    Map<RowKey, RowValue> values = new HashMap<>();
    Map<RowKey, DDSketch> sketches = new HashMap<>();
    long[] stored = new long[1];
    read(
        ROLLUPS,
        branch,
        (record, unused) -> {
          stored[0]++;
          RowKey key = key(record, names);
          values.merge(key, value(record, key), RowValue::plus);
          if (record.getField("sketch") != null) {
            sketches.merge(key, sketch((ByteBuffer) record.getField("sketch")), StoredTables::both);
          } else if (key.type().equals("distribution")) {
            sketches.merge(key, ofOne((Double) record.getField("sum")), StoredTables::both);
          }
        });
    return new Rows(values, sketches, stored[0]);
  }

  /** Points that the steps of the job have counted, by org, step and minute; the tier is 0. */
  Map<RowKey, Long> ledger(String branch) {
    Map<RowKey, Long> counts = new HashMap<>();
    read(
        ROLLUPS,
        branch,
        Expressions.equal("tier", LEDGER),
        (record, unused) ->
            counts.merge(key(record, Map.of()), (Long) record.getField("count"), Long::sum));
    return counts;
  }

  /**
   * Keys of the rows, and of the ledger's, in the files that each epoch of a branch has added, by
   * the epoch's identity. A key can be there several times, each a partial row.
   */
  Map<String, List<RowKey>> keysOfEpochs(String branch) {
    Map<Long, Map<String, SeriesName>> names = seriesNames(branch);
    Map<String, List<RowKey>> keys = new HashMap<>();
    Table table = catalog().loadTable(ROLLUPS);
    for (Snapshot snapshot :
        SnapshotUtil.ancestorsOf(table.snapshot(branch).snapshotId(), table::snapshot)) {
      Commit commit = Commit.of(snapshot);
      if (commit.isEpoch() && commit.addsFiles()) {
        List<RowKey> ofEpoch = keys.computeIfAbsent(commit.identity(), absent -> new ArrayList<>());
        each(
            IcebergGenerics.read(table).appendsBetween(snapshot.parentId(), snapshot.snapshotId()),
            record -> ofEpoch.add(key(record, names)));
      }
    }
    return keys;
  }

  private Map<Long, Map<String, SeriesName>> seriesNames(String branch) {
    Map<Long, Map<String, SeriesName>> names = new HashMap<>();
    read(
        SERIES,
        branch,
        (record, unused) -> {
          SeriesName name =
              new SeriesName(
                  (String) record.getField("org"),
                  (String) record.getField("metric"),
                  (String) record.getField("type"),
                  tagText((Map<?, ?>) record.getField("tags")));
          SeriesName other =
              names
                  .computeIfAbsent((Long) record.getField("series_id"), id -> new HashMap<>())
                  .put(name.org() + "\n" + name.metric(), name);
          if (other != null && !other.equals(name)) {
            throw new IllegalStateException(
                "one series id stands for two: %s and %s".formatted(name, other));
          }
        });
    return names;
  }

  private static String tagText(Map<?, ?> tags) {
    List<String> texts = new ArrayList<>();
    new TreeMap<>(tags).forEach((key, value) -> texts.add(key + ":" + value));
    return String.join(",", texts);
  }

  private void read(TableIdentifier id, String branch, BiConsumer<Record, Table> each) {
    Expression all = Expressions.alwaysTrue();
    read(id, branch, id.equals(ROLLUPS) ? Expressions.greaterThan("tier", LEDGER) : all, each);
  }

  private void read(
      TableIdentifier id, String branch, Expression wanted, BiConsumer<Record, Table> each) {
    Table table = catalog().loadTable(id);
    IcebergGenerics.ScanBuilder scan = IcebergGenerics.read(table);
    Snapshot head = table.snapshot(branch);
    if (head == null) {
      throw new IllegalStateException("table %s has no branch %s".formatted(id, branch));
    }
    each(scan.useSnapshot(head.snapshotId()).where(wanted), record -> each.accept(record, table));
  }

  private static void each(IcebergGenerics.ScanBuilder scan, Consumer<Record> each) {
    try (CloseableIterable<Record> records = scan.build()) {
      records.forEach(each);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RowKey key(Record record, Map<Long, Map<String, SeriesName>> names) {
    String org = (String) record.getField("org");
    String metric = (String) record.getField("metric");
    Long id = (Long) record.getField("series_id");
    int tier = (Integer) record.getField("tier");
    SeriesName name = names.getOrDefault(id, Map.of()).get(org + "\n" + metric);
    String tags = name == null ? "no such series: " + id : name.tags();
    return new RowKey(
        tier,
        org,
        metric,
        (String) record.getField("type"),
        tier == LEDGER ? "" : tags,
        ((OffsetDateTime) record.getField("window_start")).toInstant().toEpochMilli());
  }

  /** As the table's description has it: null where a column only repeats the sum. */
  private static RowValue value(Record record, RowKey key) {
    double sum = (Double) record.getField("sum");
    BigDecimal exact = new BigDecimal(sum);
    if (record.getField("sum_low") != null) {
      exact = exact.add(new BigDecimal((Double) record.getField("sum_low")));
    }
    if (record.getField("sum_rest") != null) {
      ByteBuffer rest = ((ByteBuffer) record.getField("sum_rest")).duplicate();
      while (rest.hasRemaining()) {
        exact = exact.add(new BigDecimal(rest.getDouble()));
      }
    }
    long count = (Long) record.getField("count");
    boolean isCounter = key.type().equals("counter");
    boolean isGauge = key.type().equals("gauge");
    return new RowValue(
        count,
        exact,
        isCounter ? 0 : orSum(record, "min", sum),
        isCounter ? 0 : orSum(record, "max", sum),
        isGauge ? orSum(record, "last", sum) : 0,
        isGauge ? key.startMs() + (Integer) record.getField("last_ms") : 0);
  }

  private static double orSum(Record record, String field, double sum) {
    return record.getField(field) == null ? sum : (Double) record.getField(field);
  }

  /** A version byte, then what the library writes itself, without its index mapping. */
  private static DDSketch sketch(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    try {
      return DDSketch.decode(
          ByteArrayInput.wrap(copy, 1, copy.length - 1),
          UnboundedSizeDenseStore::new,
          new LogarithmicMapping(GAMMA, 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DDSketch ofOne(double value) {
    DDSketch sketch = new DDSketch(new LogarithmicMapping(GAMMA, 0), UnboundedSizeDenseStore::new);
    sketch.accept(value);
    return sketch;
  }

  private static DDSketch both(DDSketch a, DDSketch b) {
    a.mergeWith(b);
    return a;
  }

  @Override
  public void close() {
    catalog.ifPresent(JdbcCatalog::close);
    catalog = Optional.empty();
  }
}
