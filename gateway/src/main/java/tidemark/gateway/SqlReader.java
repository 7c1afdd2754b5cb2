package tidemark.gateway;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tidemark.gateway.StatementCheck.Checked;
import tidemark.gateway.StoredViews.View;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * SQL over the tables as they were when this reader opened: one snapshot, however long it lives.
 * Open another one to see later commits. docs/sql.md describes views and functions.
 *
 * <p>Only files of the tiers that a statement names are listed, fetched and opened. Not
 * thread-safe.
 */
public final class SqlReader implements AutoCloseable {
  private final GatewayConfig config;
  private final FileAccess files;
  private final CatalogReader catalog;
  private final PinnedTable rollups;
  private final PinnedTable series;
  private final StatementCheck statementCheck;
  private final Set<View> openViews = EnumSet.noneOf(View.class);
  private Optional<QueryEngine> engine = Optional.empty();

  private SqlReader(GatewayConfig config, FileAccess files, CatalogReader catalog) {
    this.config = config;
    this.files = files;
    this.catalog = catalog;
    rollups = catalog.pin(RollupsTable.ID);
    // After rollups: series are committed first, so that these hold every series of those.
    series = catalog.pin(SeriesTable.ID);
    if (!rollups.hasSnapshot()) {
      throw new GatewayException(
          "nothing is stored yet: the first rows appear with the job's first checkpoint");
    }
    statementCheck = new StatementCheck();
  }

  /**
   * Pins the current snapshot of the tables, with the keys of {@link GatewayConfig}: uri,
   * warehouse, s3.endpoint, ...
   *
   * @throws GatewayException if there is no catalog, no table or no snapshot yet
   */
  public static SqlReader open(Map<String, String> properties) {
    GatewayConfig config = GatewayConfig.from(properties);
    FileAccess files = new FileAccess(config);
    CatalogReader catalog = CatalogReader.open(config, files);
    try {
      return new SqlReader(config, files, catalog);
    } catch (GatewayException e) {
      catalog.close();
      throw e;
    }
  }

  /** What every answer of this reader reflects; empty if no job committed the snapshot. */
  public Optional<Epoch> epoch() {
    return rollups.epoch();
  }

  /** The snapshot of the rollups table that every answer of this reader is read from. */
  public long snapshotId() {
    return rollups.snapshotId();
  }

  /**
   * Runs one statement.
   *
   * @throws GatewayException if it may not run or fails, with the place in the statement
   */
  public QueryResult query(String sql) {
    Checked checked = statementCheck.check(sql);
    return checked.isShowTables() ? tables() : engineFor(checked.views()).query(checked);
  }

  private static QueryResult tables() {
    List<List<Object>> rows = new ArrayList<>();
    for (View view : View.values()) {
      rows.add(List.of(view.sqlName(), view.description()));
    }
    return new QueryResult(List.of("name", "holds"), rows);
  }

  /** An engine may open only the files that it was started with: another view needs another one. */
  private QueryEngine engineFor(Set<View> views) {
    if (engine.isEmpty() || !openViews.containsAll(views)) {
      closeEngine();
      openViews.addAll(views);
      engine = Optional.of(startEngine());
    }
    return engine.get();
  }

  private QueryEngine startEngine() {
    List<String> statements = new ArrayList<>();
    Set<Path> paths = new LinkedHashSet<>();
    if (!openViews.isEmpty()) {
      List<Path> seriesPaths = files.fetchAll(series.files().files());
      paths.addAll(seriesPaths);
      for (View view : openViews) {
        if (view == View.SERIES) {
          statements.add(StoredViews.createSeries(seriesPaths));
        } else {
          List<Path> tier = files.fetchAll(rollups.files(view.tierSeconds()).files());
          paths.addAll(tier);
          statements.add(StoredViews.createRollups(view, tier, seriesPaths));
        }
      }
    }
    return new QueryEngine(List.copyOf(paths), statements, config.memoryLimit());
  }

  private void closeEngine() {
    engine.ifPresent(QueryEngine::close);
    engine = Optional.empty();
  }

  @Override
  public void close() {
    closeEngine();
    statementCheck.close();
    catalog.close();
  }
}
