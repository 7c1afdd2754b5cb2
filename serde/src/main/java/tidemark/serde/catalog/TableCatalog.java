package tidemark.serde.catalog;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/**
 * The catalog and the two tables in it, which are created when they are missing.
 *
 * <p>SQLite, the default, is opened with a write-ahead log and waits for a lock instead of failing:
 * readers and the committer share the file.
 */
public final class TableCatalog implements AutoCloseable {
  private final JdbcCatalog catalog = new JdbcCatalog();

  public TableCatalog(CatalogAddress address) {
    Map<String, String> properties = new HashMap<>();
    properties.put(CatalogProperties.URI, uri(address.uri()));
    properties.put(CatalogProperties.WAREHOUSE_LOCATION, address.warehouse());
    properties.put(CatalogProperties.FILE_IO_IMPL, FlinkFileIO.class.getName());
    properties.put("jdbc.schema-version", "V1");
    catalog.initialize(address.name(), properties);
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

  private Table loadOrCreate(TableIdentifier id, Schema schema, PartitionSpec spec) {
    if (catalog.tableExists(id)) {
      return catalog.loadTable(id);
    }
    try {
      if (!catalog.namespaceExists(id.namespace())) {
        catalog.createNamespace(Namespace.of(RollupsTable.NAMESPACE), Map.of());
      }
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

  @Override
  public void close() throws IOException {
    catalog.close();
  }
}
