package tidemark.gateway.query;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.CatalogReader;
import tidemark.gateway.FileAccess;
import tidemark.gateway.GatewayConfig;
import tidemark.gateway.GatewayException;
import tidemark.gateway.StoredFile;
import tidemark.gateway.hot.Committed;
import tidemark.gateway.hot.HotRows;
import tidemark.gateway.plan.Proofs;
import tidemark.gateway.rules.Rules;
import tidemark.gateway.tables.AllTables;
import tidemark.gateway.tables.OtherTables;
import tidemark.gateway.tables.TableVersion;
import tidemark.gateway.tables.TableWatch;
import tidemark.gateway.verdicts.VerdictRows;
import tidemark.gateway.verdicts.VerdictSource;
import tidemark.gateway.walls.CheckedStatement;
import tidemark.gateway.walls.WallLists;
import tidemark.gateway.walls.Walls;
import tidemark.serde.partial.IntakeStatus;

/**
 * All that sessions share. A thread looks at the catalog each {@link #LOOK} and publishes new
 * versions; another reads the feed. Thread-safe.
 */
public final class QueryGateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueryGateway.class);
  private static final Duration LOOK = Duration.ofMillis(250);

  /** Of the own tables' series, beside those of other catalogs by their names. */
  private static final String OWN = "";

  private static final Duration END = Duration.ofSeconds(10);

  private static final Set<String> FUNCTIONS =
      Set.of(
          "percentile",
          "count_below",
          "count_above",
          "merge_sketch",
          "exact_sum",
          "rate",
          "average",
          "newest");

  private final Engine engine;
  private final FileAccess files;
  private final TableWatch watch;
  private final OtherTables others;
  private final SeriesIndex series;
  private final Walls walls;
  private final RecentStatements statements = new RecentStatements();
  private final ResultCache cache;
  private final HeldMemory heldMemory;
  private final Optional<OpenFeed> feed;
  private final Rules rules;
  private final VerdictRows verdictRows;
  private final VerdictSource.Reading verdicts;
  private final Proofs proofs = new Proofs();
  private final Pins pins;
  private final ScheduledExecutorService timers = newTimers();
  private final Thread watcher;
  private final AtomicReference<CompletableFuture<Void>> news =
      new AtomicReference<>(new CompletableFuture<>());
  private volatile boolean isEnding;
  private volatile String trouble = "";

  private QueryGateway(
      GatewayConfig config,
      Optional<FeedSource> source,
      Rules rules,
      VerdictSource verdictSource,
      long cacheBytes)
      throws SQLException {
    this.rules = rules;
    files = new FileAccess(config);
    engine = new Engine(folders(config), config.memoryLimit());
    watch = new TableWatch(() -> CatalogReader.open(config, files));
    Function<List<StoredFile>, List<Path>> fetch = files::fetchAll;
    series = new SeriesIndex(engine, fetch);
    walls =
        new Walls(
            new WallLists(
                Relations.names(),
                FUNCTIONS,
                union(Settings.OWN, WallLists.CLIENT_SETTINGS),
                Set.of(
                    "server_version",
                    "server_version_num",
                    "server_encoding",
                    "max_identifier_length")));
    cache = new ResultCache(cacheBytes);
    heldMemory = new HeldMemory(engine.memoryBytes());
    feed =
        source.isPresent()
            ? Optional.of(source.get().open(engine.connect(), series))
            : Optional.empty();
    others = new OtherTables(config, files, this::loadSeries);
    pins = new Pins(feed.map(OpenFeed::rows));
    verdictRows = new VerdictRows(engine.connect(), verdictSource.maxRows());
    verdicts = verdictSource.read(verdictRows);
    watcher = new Thread(this::watch, "tables");
    watcher.setDaemon(true);
  }

  /** The same without rules and verdicts. */
  public static QueryGateway start(
      GatewayConfig config, Optional<FeedSource> feed, long cacheBytes) {
    return start(config, feed, Rules.OFF, VerdictSource.OFF, cacheBytes);
  }

  /** The same without verdicts. */
  public static QueryGateway start(
      GatewayConfig config, Optional<FeedSource> feed, Rules rules, long cacheBytes) {
    return start(config, feed, rules, VerdictSource.OFF, cacheBytes);
  }

  /**
   * Connects to catalog and feed and begins to watch.
   *
   * @param rules closed with the gateway, or if it does not start
   * @param verdicts what monitors say
   * @param cacheBytes for answers over closed windows
   * @throws GatewayException if the feed topic cannot be read; tables may appear later
   */
  public static QueryGateway start(
      GatewayConfig config,
      Optional<FeedSource> feed,
      Rules rules,
      VerdictSource verdicts,
      long cacheBytes) {
    try {
      QueryGateway gateway = new QueryGateway(config, feed, rules, verdicts, cacheBytes);
      gateway.lookOnce();
      gateway.watcher.start();
      return gateway;
    } catch (SQLException e) {
      rules.close();
      throw new GatewayException("the engine did not start: " + e.getMessage(), e);
    } catch (KafkaException e) {
      rules.close();
      throw new GatewayException("the feed topic cannot be read: " + e.getMessage(), e);
    }
  }

  private static ScheduledExecutorService newTimers() {
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "timeouts");
              thread.setDaemon(true);
              return thread;
            });
    timers.setRemoveOnCancelPolicy(true);
    return timers;
  }

  private static Set<String> union(Set<String> a, Set<String> b) {
    return Stream.concat(a.stream(), b.stream()).collect(Collectors.toUnmodifiableSet());
  }

  private static List<Path> folders(GatewayConfig config) {
    return FileAccess.isLocal(config.warehouse())
        ? List.of(config.cacheDirectory(), FileAccess.localPath(config.warehouse()))
        : List.of(config.cacheDirectory());
  }

  /** A session of one org, whose answers may hold all of the engine's memory. */
  public QuerySession open(String org) {
    return open(org, () -> 1);
  }

  /**
   * A session of one org.
   *
   * @param memoryShare of the engine's memory that open answers of the org may hold; asked for each
   *     answer
   */
  public QuerySession open(String org, DoubleSupplier memoryShare) {
    return new QuerySession(this, org, memoryShare);
  }

  /** Why no answer can be given, or why answers are old; empty if all is well. */
  public String trouble() {
    if (feed.isPresent() && !feed.get().isAlive()) {
      return "the feed is not read any more";
    }
    if (!verdicts.isAlive()) {
      return "verdicts are not read any more";
    }
    return trouble;
  }

  private void watch() {
    while (!isEnding && !Thread.currentThread().isInterrupted()) {
      lookOnce();
      awaitNews(LOOK);
    }
  }

  /** Looks at the tables once; the watcher does so of itself. */
  synchronized void lookOnce() {
    try {
      TableVersion version = watch.look();
      AllTables tables = others.with(version);
      if (!tables.isSameAs(pins.current())) {
        series.load(OWN, version.series());
        pins.publish(tables);
        files.letGo();
        tellNews();
      }
      Optional<Committed> oldest = pins.oldest();
      if (feed.isPresent() && oldest.isPresent()) {
        feed.get().rows().evict(oldest.get());
      }
      trouble = "";
    } catch (SQLException | RuntimeException e) {
      if (trouble.isEmpty()) {
        LOG.warn("the tables cannot be looked at; answers are of the last version seen", e);
      }
      trouble = "the tables cannot be looked at";
    }
  }

  /** Files come to this machine first: none of the index's users waits for a store that hangs. */
  private void loadSeries(String name, List<StoredFile> ofSeries) throws SQLException {
    files.fetchAll(series.fresh(name, ofSeries));
    series.load(name, ofSeries);
  }

  private void tellNews() {
    news.getAndSet(new CompletableFuture<>()).complete(null);
  }

  /** Waits for a new version, at most so long. */
  void awaitNews(Duration limit) {
    try {
      news.get().get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return; // nothing new
    } catch (ExecutionException e) {
      throw new IllegalStateException("news never fail", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Lane newLane() throws SQLException {
    return new Lane(engine, files::fetchAll);
  }

  /** A statement that may run. */
  CheckedStatement check(String sql) {
    return statements.checked(sql, walls::check);
  }

  RecentStatements statements() {
    return statements;
  }

  Pins pins() {
    return pins;
  }

  /**
   * What an org's answers are read from as of a time.
   *
   * @throws GatewayException if it is not kept
   */
  AllTables asOf(String org, Instant time) {
    return others.asOf(org, watch.asOf(time), time);
  }

  /**
   * The same as of an epoch's commit.
   *
   * @throws GatewayException if it is not kept
   */
  AllTables asOfCheckpoint(String org, long checkpoint) {
    TableVersion own = watch.asOfCheckpoint(checkpoint);
    return others.asOf(org, own, watch.committedAt(own));
  }

  SeriesIndex series() {
    return series;
  }

  Rules rules() {
    return rules;
  }

  Proofs proofs() {
    return proofs;
  }

  ResultCache cache() {
    return cache;
  }

  HeldMemory heldMemory() {
    return heldMemory;
  }

  ScheduledExecutorService timers() {
    return timers;
  }

  HotRows.Counts counts(Pins.Pin pin, String org) {
    return feed.map(open -> open.rows().count(pin.hot(), org)).orElse(new HotRows.Counts(0, 0));
  }

  /** How far the job's intake is. */
  IntakeStatus intake() {
    return feed.map(open -> open.rows().intake()).orElse(IntakeStatus.empty());
  }

  long feedLag() {
    return feed.map(OpenFeed::lagRecords).orElse(-1L);
  }

  /** Checkpoint of the version that is current; 0 for none. */
  public long epoch() {
    return pins.current().own().committed().checkpoint();
  }

  /** Tables of other jobs, and the shard map, that cannot be looked at. */
  public int othersInTrouble() {
    return others.inTrouble();
  }

  /** Rows of the feed in memory. */
  public int hotRowsHeld() {
    return (int) Math.min(Integer.MAX_VALUE, feed.map(open -> open.rows().rows()).orElse(0L));
  }

  /** Verdicts in memory. */
  public int verdictRowsHeld() {
    return verdictRows.rows();
  }

  /** Verdicts that were not kept, for there are newer ones. */
  public int verdictsDropped() {
    return (int) Math.min(Integer.MAX_VALUE, verdictRows.dropped());
  }

  /** Records of the verdicts' topic that were none. */
  public int verdictsUnreadable() {
    return (int) Math.min(Integer.MAX_VALUE, verdicts.unreadable());
  }

  /** Bytes of the engine's memory that open answers hold. */
  public int heldBytes() {
    return (int) Math.min(Integer.MAX_VALUE, heldMemory.bytes());
  }

  /** Bytes of the result cache. */
  public int cacheBytes() {
    return (int) Math.min(Integer.MAX_VALUE, cache.bytes());
  }

  @Override
  public void close() {
    isEnding = true;
    tellNews();
    timers.shutdownNow();
    feed.ifPresent(OpenFeed::close);
    rules.close();
    verdicts.close();
    try {
      watcher.join(END.toMillis());
      verdictRows.close();
      series.close();
      engine.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      LOG.warn("the engine did not close", e);
    }
    walls.close();
    others.close();
    watch.close();
  }
}
