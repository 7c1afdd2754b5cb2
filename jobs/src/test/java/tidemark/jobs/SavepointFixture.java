package tidemark.jobs;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import tidemark.serde.catalog.CatalogAddress;
import tidemark.serde.catalog.TableCatalog;

/**
 * A savepoint and the tables that go with it, kept as plain files.
 *
 * <p>Iceberg's metadata names absolute paths, so it is not kept: {@code tables.txt} lists each data
 * file with its table, partition and rows, {@code epoch.txt} what the last commit said, and both
 * make new tables that hold the same.
 */
final class SavepointFixture {
  private static final String SAVEPOINT = "savepoint";
  private static final String FILES = "tables.txt";
  private static final String EPOCH = "epoch.txt";

  private final Path folder;

  SavepointFixture(Path folder) {
    this.folder = folder;
  }

  Path savepoint() {
    return folder.resolve(SAVEPOINT);
  }

  void write(Path savepoint, StoredTables tables) throws IOException {
    Files.createDirectories(savepoint());
    copy(savepoint, savepoint());
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, Table> table :
        Map.of("rollups", tables.rollups(), "series", tables.series()).entrySet()) {
      try (CloseableIterable<FileScanTask> tasks = table.getValue().newScan().planFiles()) {
        for (FileScanTask task : tasks) {
          String name = "%s-%03d.parquet".formatted(table.getKey(), lines.size());
          Path source = Path.of(URI.create(task.file().location()));
          Files.copy(source, folder.resolve(name));
          String partition = task.spec().partitionToPath(task.file().partition());
          lines.add(
              String.join("\t", table.getKey(), name, partition, "" + task.file().recordCount()));
        }
      }
    }
    Files.write(folder.resolve(FILES), lines);
    List<String> summary = new ArrayList<>();
    new TreeMap<>(tables.rollups().currentSnapshot().summary())
        .forEach(
            (key, value) -> {
              if (key.startsWith("tidemark.")) {
                summary.add(key + "\t" + value);
              }
            });
    Files.write(folder.resolve(EPOCH), summary);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** New tables in an empty folder that stand where the savepoint's tables stood. */
  void restoreTables(Path warehouse, Path catalogFile) throws IOException {
    String location = warehouse.toUri().toString().replaceAll("/$", "");
    CatalogAddress address = new CatalogAddress("jdbc:sqlite:" + catalogFile, "tidemark", location);
    Files.createDirectories(warehouse);
    try (TableCatalog catalog = new TableCatalog(address)) {
      append(catalog.series(), "series", warehouse, Map.of());
      Map<String, String> epoch = new TreeMap<>();
      for (String line : Files.readAllLines(folder.resolve(EPOCH))) {
        String[] fields = line.split("\t", -1);
        epoch.put(fields[0], fields[1]);
      }
      append(catalog.rollups(), "rollups", warehouse, epoch);
    }
  }

  private void append(Table table, String name, Path warehouse, Map<String, String> summary)
      throws IOException {
    AppendFiles append = table.newAppend();
    for (String line : Files.readAllLines(folder.resolve(FILES))) {
      String[] fields = line.split("\t", -1);
      if (fields[0].equals(name)) {
        Path file = warehouse.resolve(fields[1]);
        Files.copy(folder.resolve(fields[1]), file);
        var builder =
            DataFiles.builder(table.spec())
                .withPath(file.toUri().toString())
                .withFileSizeInBytes(Files.size(file))
                .withFormat("parquet")
                .withRecordCount(Long.parseLong(fields[3]));
        append.appendFile(
            (fields[2].isEmpty() ? builder : builder.withPartitionPath(fields[2])).build());
      }
    }
    summary.forEach(append::set);
    append.commit();
  }
}
