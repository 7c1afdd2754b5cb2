package tidemark.serde.manifest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.TableCatalog;

/** A real catalog in a folder, and tables of it whose commits go wrong. */
final class ArchiveCatalog implements AutoCloseable {
  static final String TOPIC_ID = "abc";

  private final TableCatalog catalog;

  ArchiveCatalog(Path folder) {
    catalog =
        new TableCatalog(
            new CatalogAddress(
                "jdbc:sqlite:" + folder.resolve("catalog.db"),
                "tidemark",
                folder.resolve("warehouse").toUri().toString()));
  }

  Table table() {
    return catalog.archive();
  }

  /** A table that does something else right before its next commit, when all is planned. */
  Table racedBy(Runnable other) {
    return new BaseTable(
        new Faulty(((BaseTable) table()).operations()) {
          private boolean raced;

          @Override
          public void commit(TableMetadata base, TableMetadata metadata) {
            if (!raced) {
              raced = true;
              other.run();
            }
            super.commit(base, metadata);
          }
        },
        "raced");
  }

  /** A table that commits and does not say so. */
  Table losingAnswers() {
    return new BaseTable(
        new Faulty(((BaseTable) table()).operations()) {
          @Override
          public void commit(TableMetadata base, TableMetadata metadata) {
            super.commit(base, metadata);
            throw new CommitStateUnknownException(new IllegalStateException("the answer is lost"));
          }
        },
        "losing");
  }

  static ArchivedRange range(
      String epoch, String file, String topic, int partition, long from, long to) {
    return ArchivedRange.ofFile(
        file,
        1_000,
        TOPIC_ID,
        new PartitionSummary(topic, partition, from, to, to - from, 10 * (to - from), from ^ to),
        100 * from,
        100 * to,
        epoch,
        from * 3_600_000L);
  }

  static ArchiveManifest.Appended append(Table table, ArchivedRange... ranges) {
    return append(table, List.of(ranges));
  }

  static ArchiveManifest.Appended append(Table table, List<ArchivedRange> ranges) {
    try {
      return ArchiveManifest.append(table, ranges);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    catalog.close();
  }

  private static class Faulty implements TableOperations {
    private final TableOperations operations;

    Faulty(TableOperations operations) {
      this.operations = operations;
    }

    @Override
    public TableMetadata current() {
      return operations.current();
    }

    @Override
    public TableMetadata refresh() {
      return operations.refresh();
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      operations.commit(base, metadata);
    }

    @Override
    public FileIO io() {
      return operations.io();
    }

    @Override
    public String metadataFileLocation(String name) {
      return operations.metadataFileLocation(name);
    }

    @Override
    public LocationProvider locationProvider() {
      return operations.locationProvider();
    }
  }
}
