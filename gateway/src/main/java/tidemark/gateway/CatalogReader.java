package tidemark.gateway;

import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * The Iceberg catalog as a reader sees it; changes nothing in it.
 *
 * <p>Each call looks at the newest commit. One open reader may be asked again and again: {@link
 * #status} reads manifests only when a snapshot is new. Not thread-safe.
 */
public final class CatalogReader implements AutoCloseable {
  private final JdbcCatalog catalog;
  private final FileAccess files;
  private Optional<CatalogStatus> lastStatus = Optional.empty();

  private CatalogReader(JdbcCatalog catalog, FileAccess files) {
    this.catalog = catalog;
    this.files = files;
  }

  /**
   * Connects, with the keys of {@link GatewayConfig}: uri, warehouse, s3.endpoint, ...
   *
   * @throws GatewayException if there is no catalog, or no table in it yet
   */
  public static CatalogReader open(Map<String, String> properties) {
    GatewayConfig config = GatewayConfig.from(properties);
    return open(config, new FileAccess(config));
  }

  public static CatalogReader open(GatewayConfig config, FileAccess files) {
    if (config.isMissingCatalog()) {
      throw noCatalog(config, null);
    }
    JdbcCatalog catalog = new JdbcCatalog(ignored -> new ReadOnlyFileIO(files), null, false);
    try {
      catalog.initialize(
          config.catalogName(),
          Map.of(
              CatalogProperties.URI,
              config.jdbcUri(),
              CatalogProperties.WAREHOUSE_LOCATION,
              config.warehouse(),
              "jdbc.schema-version",
              "V1"));
    } catch (UncheckedSQLException e) {
      throw noCatalog(config, e);
    }
    return new CatalogReader(catalog, files);
  }

  private static GatewayException noCatalog(GatewayConfig config, UncheckedSQLException cause) {
    return new GatewayException(
        "no catalog at %s yet: start the job first (./tidemark up, ./tidemark submit)"
            .formatted(config.catalogUri()),
        cause);
  }

  /** What the tables hold now; cheap when nothing was committed since the last call. */
  public CatalogStatus status() {
    PinnedTable rollups = pin(RollupsTable.ID);
    PinnedTable series = pin(SeriesTable.ID);
    boolean isSame =
        lastStatus
            .filter(last -> last.rollups().snapshotId() == rollups.snapshotId())
            .filter(last -> last.series().snapshotId() == series.snapshotId())
            .isPresent();
    if (!isSame) {
      lastStatus = Optional.of(new CatalogStatus(rollups.epoch(), rollups.files(), series.files()));
    }
    return lastStatus.orElseThrow();
  }

  /** A table at its current snapshot. */
  PinnedTable pin(TableIdentifier id) {
    return new PinnedTable(load(id));
  }

  /** A table as the catalog has it now. */
  public Table load(TableIdentifier id) {
    try {
      return catalog.loadTable(id);
    } catch (NoSuchTableException e) {
      throw new GatewayException(
          "no table %s in the catalog yet: it appears when the job has started".formatted(id), e);
    } catch (NotFoundException e) {
      throw new GatewayException("the metadata of %s: %s".formatted(id, e.getMessage()), e);
    } catch (UncheckedSQLException e) {
      throw new GatewayException(
          "the catalog has no tables yet or cannot be read: " + e.getCause().getMessage(), e);
    }
  }

  @Override
  public void close() {
    catalog.close();
    files.close();
  }
}
