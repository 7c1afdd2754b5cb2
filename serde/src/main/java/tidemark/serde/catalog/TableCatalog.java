package tidemark.serde.catalog;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.jdbc.UncheckedSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.manifest.ArchiveTable;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * The catalog and the tables in it, which are created when they are missing.
 *
 * <p>SQLite, the default, is opened with a write-ahead log and waits for a lock instead of failing:
 * readers and the committer share the file.
 */
public final class TableCatalog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableCatalog.class);

  private final JdbcCatalog catalog;

  public TableCatalog(CatalogAddress address) {
    Map<String, String> properties = new HashMap<>();
    properties.put(CatalogProperties.URI, uri(address.uri()));
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, address.warehouse());
    properties.put(CatalogProperties.FILE_IO_IMPL, FlinkFileIO.class.getName());
    properties.put("jdbc.schema-version", "V1");
    catalog = open(address.name(), properties);
  }

  private static JdbcCatalog open(String name, Map<String, String> properties) {
    try {
      return initialized(name, properties);
    } catch (UncheckedSQLException e) {
      // two processes that open a catalog for the first time both want to make its columns: the
      // slower one finds them the next time
      LOG.info("The catalog could not be opened, trying once more", e);
      return initialized(name, properties);
    }
  }

  private static JdbcCatalog initialized(String name, Map<String, String> properties) {
    JdbcCatalog catalog = new JdbcCatalog();
    catalog.initialize(name, properties);
    return catalog;
  }

  private static String uri(String uri) {
    return uri.startsWith("jdbc:sqlite:") && !uri.contains("?")
        ? uri + "?journal_mode=WAL&busy_timeout=10000"
        : uri;
  }

  public Table rollups() {
    return loadOrCreate(RollupsTable.ID, RollupsTable.SCHEMA, RollupsTable.SPEC);
  }

  public Table series() {
    return loadOrCreate(SeriesTable.ID, SeriesTable.SCHEMA, SeriesTable.SPEC);
  }

  /** The shard map's versions; see {@link ShardMaps}. */
  public Table shards() {
    return loadOrCreate(ShardMaps.ID, ShardMaps.SCHEMA, ShardMaps.SPEC);
  }

  /** The same, unless no version was ever made. */
  public Optional<Table> shardsIfThere() {
    return ifThere(ShardMaps.ID);
  }

  /** The archive's manifest. */
  public Table archive() {
    return loadOrCreate(ArchiveTable.ID, ArchiveTable.SCHEMA, ArchiveTable.SPEC);
  }

  /** The same, unless nothing was ever archived. */
  public Optional<Table> archiveIfThere() {
    return ifThere(ArchiveTable.ID);
  }

  private Optional<Table> ifThere(TableIdentifier id) {
    return catalog.tableExists(id) ? Optional.of(catalog.loadTable(id)) : Optional.empty();
  }

  private Table loadOrCreate(TableIdentifier id, Schema schema, PartitionSpec spec) {
    if (catalog.tableExists(id)) {
      return catalog.loadTable(id);
    }
    try {
      createNamespace();
      return catalog
          .buildTable(id, schema)
          .withPartitionSpec(spec)
          .withProperty(TableProperties.FORMAT_VERSION, "2")
          // a commit every few seconds must not leave a metadata file each for ever
          .withProperty(TableProperties.METADATA_DELETE_AFTER_COMMIT_ENABLED, "true")
          .withProperty(TableProperties.METADATA_PREVIOUS_VERSIONS_MAX, "20")
          .create();
    } catch (AlreadyExistsException e) {
      return catalog.loadTable(id); // another process was faster
    }
  }

  private void createNamespace() {
    Namespace namespace = Namespace.of(RollupsTable.NAMESPACE);
    if (catalog.namespaceExists(namespace)) {
      return;
    }
    try {
      catalog.createNamespace(namespace, Map.of());
    } catch (UncheckedSQLException e) {
      if (!catalog.namespaceExists(namespace)) {
        throw e; // it was no other process that was faster
      }
    }
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
