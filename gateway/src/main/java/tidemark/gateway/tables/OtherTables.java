package tidemark.gateway.tables;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.CatalogReader;
import tidemark.gateway.FileAccess;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.GatewayException;
import tidemark.gateway.StoredFile;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardMaps;

/**
 * Looks at the tables of other jobs and at the shard map, each in a thread of its own: one that
 * hangs or fails delays nobody, and what was seen last of it stays.
 *
 * <p>A move is made before the first of its points is counted, so a map that was read with a
 * table's commits or soon after is new enough for them. Bound: a thread and a list of files for
 * each name.
 */
public final class OtherTables implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OtherTables.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(10);

  /** Takes in series of tables that were looked at. */
  @FunctionalInterface
  public interface SeriesSink {
    /**
     * @param name of the catalog
     * @param files all that the table has now
     */
    void load(String name, List<StoredFile> files) throws SQLException;
  }

  /** Looks once. */
  @FunctionalInterface
  private interface Look {
    void take() throws SQLException;
  }

  private final GatewayConfig config;
  private final SeriesSink series;
  private final SortedMap<String, TableWatch> watches = new TreeMap<>();
  private final FileAccess files;
  private final List<Thread> threads = new ArrayList<>();
  private final MapLook map = new MapLook();
  private final Set<String> troubled = new HashSet<>();
  private final CountDownLatch first;
  private final CountDownLatch end = new CountDownLatch(1);
  private volatile OtherVersions versions;

  /**
   * Begins to look, unless there is nothing to look at.
   *
   * @param config names them
   * @param files through which metadata is read
   */
  public OtherTables(GatewayConfig config, FileAccess files, SeriesSink series) {
    this.config = config;
    this.files = files;
    this.series = series;
    SortedMap<String, TableVersion> none = new TreeMap<>();
    for (String name : config.alsoRead()) {
      none.put(name, TableVersion.EMPTY);
      watches.put(name, new TableWatch(() -> CatalogReader.open(config.named(name), files)));
    }
    versions =
        none.isEmpty()
            ? OtherVersions.NONE
            : new OtherVersions(config.catalogName(), OtherVersions.NONE.groups(), none);
    first = new CountDownLatch(none.isEmpty() ? 0 : none.size() + 1);
    watches.forEach((name, watch) -> start("tables of " + name, () -> lookAt(name, watch)));
    if (!none.isEmpty()) {
      start("the shard map", map);
    }
    awaitFirst();
  }

  private void start(String what, Look look) {
    Thread thread = new Thread(() -> watch(what, look), what);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** So that the first answers have all there is, if it is there. */
  private void awaitFirst() {
    try {
      if (!first.await(FIRST.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Not all other tables were looked at within {}", FIRST);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch(String what, Look look) {
    try {
      do {
        take(what, look);
        first.countDown();
      } while (!end.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void take(String what, Look look) {
    try {
      look.take();
      synchronized (this) {
        troubled.remove(what);
      }
    } catch (SQLException | RuntimeException e) {
      boolean isNew;
      synchronized (this) {
        isNew = troubled.add(what);
      }
      if (isNew && end.getCount() > 0) {
        LOG.warn("Cannot look at {}; answers go by what was seen of it last", what, e);
      }
    }
  }

  private void lookAt(String name, TableWatch watch) throws SQLException {
    TableVersion version = watch.look();
    if (!version.isSameAs(versions.versions().get(name))) {
      series.load(name, version.series());
      change(known -> known.with(name, version));
    }
  }

  private synchronized void change(UnaryOperator<OtherVersions> change) {
    versions = change.apply(versions);
  }

  /** Reads the map from its table, which is found once. */
  private final class MapLook implements Look {
    private Optional<CatalogReader> catalog = Optional.empty();
    private Optional<Table> table = Optional.empty();

    void close() {
      catalog.ifPresent(CatalogReader::close);
    }

    @Override
    public void take() {
      if (catalog.isEmpty()) {
        catalog = Optional.of(CatalogReader.open(config.named(config.shardsCatalogName()), files));
      }
      if (table.isEmpty()) {
        table = Optional.of(catalog.get().load(ShardMaps.ID));
      }
      ShardGroups newest =
          ShardMaps.newest(table.get())
              .map(version -> new ShardGroups(version, ShardClaims.all(table.get())))
              .orElseThrow(
                  () ->
                      new GatewayException(
                          "catalog %s has no shard map: make one by ./tidemark shards init"
                              .formatted(config.shardsCatalogName())));
      if (!versions.groups().equals(Optional.of(newest))) {
        change(known -> known.with(newest));
      }
    }
  }

  /** A version of the own tables with what is known of the others now. */
  public AllTables with(TableVersion own) {
    return new AllTables(own, versions);
  }

  /**
   * A version of the own tables that was current at a time, with those of the others that an org's
   * answers are read from as they were then.
   *
   * @throws GatewayException if one of them is not kept
   */
  public AllTables asOf(String org, TableVersion own, Instant time) {
    OtherVersions now = versions;
    SortedMap<String, TableVersion> then = new TreeMap<>(now.versions());
    for (Map.Entry<String, TableVersion> each : now.versionsOf(org).entrySet()) {
      then.put(each.getKey(), watches.get(each.getKey()).seenAsOf(time));
    }
    return new AllTables(own, new OtherVersions(now.own(), now.groups(), then));
  }

  /** How many of them, the map among them, cannot be looked at. */
  public synchronized int inTrouble() {
    return troubled.size();
  }

  /** What hangs in a read is left to itself after {@link #END}. */
  @Override
  public void close() {
    end.countDown();
    long untilNanos = System.nanoTime() + END.toNanos();
    boolean isDone = true;
    try {
      for (Thread thread : threads) {
        thread.join(Math.max(1, (untilNanos - System.nanoTime()) / 1_000_000));
        isDone &= !thread.isAlive();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      isDone = false;
    }
    if (isDone) {
      watches.values().forEach(TableWatch::close);
      map.close();
    }
  }
}
