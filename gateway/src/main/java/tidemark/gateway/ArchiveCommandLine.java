package tidemark.gateway;

import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import tidemark.serde.archive.SeekableInput;
import tidemark.serde.manifest.ArchiveCheck;
import tidemark.serde.manifest.ArchiveManifest;
import tidemark.serde.manifest.ArchiveTable;
import tidemark.serde.manifest.ArchivedRange;
import tidemark.state.selection.PointSelection;

/** {@code ./tidemark archive verify}: what the archive holds and whether it is whole. */
public final class ArchiveCommandLine {
  private static final int OK = 0;
  private static final int FAILED = 1;

  /** How much is read. */
  public enum Depth {
    /** The table. */
    TABLE,
    /** The files, too: each is fetched whole through the file cache, one after the other. */
    FILES
  }

  private ArchiveCommandLine() {}

  /**
   * Checks the archive and prints what was found.
   *
   * @param catalogProperties the keys of {@link GatewayConfig}: uri, warehouse, s3.endpoint, ...
   * @return exit code: 0 if all is well, or 1
   */
  public static int verify(
      Depth depth, Map<String, String> catalogProperties, PrintStream out, PrintStream err) {
    GatewayConfig config = GatewayConfig.from(catalogProperties);
    FileAccess files = new FileAccess(config);
    try (CatalogReader catalog = CatalogReader.open(config, files)) {
      ArchiveCheck.Report report = check(depth, catalog.load(ArchiveTable.ID), files);
      print(report, out);
      return report.faults().isEmpty() ? OK : FAILED;
    } catch (GatewayException | IOException e) {
      err.println("error: " + e.getMessage());
      return FAILED;
    }
  }

  private static ArchiveCheck.Report check(Depth depth, Table table, FileAccess files)
      throws IOException {
    Snapshot head = table.currentSnapshot();
    List<ArchivedRange> rows =
        head == null
            ? List.of()
            : ArchiveManifest.ranges(table, head.snapshotId(), PointSelection.ALL);
    SortedMap<String, SortedMap<Integer, Long>> ends =
        head == null ? new TreeMap<>() : ArchiveManifest.ends(table);
    return switch (depth) {
      case TABLE -> ArchiveCheck.of(rows, ends);
      case FILES ->
          ArchiveCheck.deep(rows, ends, (location, bytes) -> open(files, location, bytes));
    };
  }

  private static SeekableInput open(FileAccess files, String location, long bytes)
      throws IOException {
    Path path;
    try {
      files.letGo();
      path = files.fetch(location, bytes);
    } catch (GatewayException e) {
      throw new IOException(e.getMessage(), e);
    }
    return new LocalInput(location, new RandomAccessFile(path.toFile(), "r"));
  }

  private record LocalInput(String location, RandomAccessFile file) implements SeekableInput {
    @Override
    public long size() throws IOException {
      return file.length();
    }

    @Override
    public void readFully(long position, byte[] into, int start, int length) throws IOException {
      file.seek(position);
      file.readFully(into, start, length);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  private static void print(ArchiveCheck.Report report, PrintStream out) {
    out.println(
        "%,d records in %,d files of %,d partitions"
            .formatted(report.records(), report.files(), report.partitions()));
    out.println(
        "%,d bytes of %,d unpacked, %.1f per record"
            .formatted(
                report.fileBytes(),
                report.payloadBytes(),
                report.fileBytes() / (double) Math.max(1, report.records())));
    out.println("%,d gaps of %,d offsets".formatted(report.gaps(), report.gapOffsets()));
    if (report.expired() > 0) {
      out.println(
          "%,d ranges of %,d offsets expired by retention"
              .formatted(report.expired(), report.expiredOffsets()));
    }
    report.faults().forEach(fault -> out.println("wrong: " + fault));
    out.println(report.faults().isEmpty() ? "the archive is whole" : "the archive is NOT whole");
  }
}
