package tidemark.serde.table;

import java.io.IOException;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/**
 * Writes one Parquet file of one partition and describes it for Iceberg: zstd, dictionaries, page
 * format v1, which is the smallest for this data.
 */
public final class TableFileWriter {

  private TableFileWriter() {}

  /** Rows of one tier and UTC day, sorted by org, metric, type, series id and window. */
  public static DataFile writeRollups(
      RollupRows rows, int tierSeconds, String partitionPath, OutputFile file) throws IOException {
    try (RollupOutput output = openRollups(tierSeconds, partitionPath, file)) {
      output.append(rows);
      return output.finish();
    }
  }

  /** A file of one tier and UTC day that compaction is to fold soon. */
  public static RollupOutput openRollups(int tierSeconds, String partitionPath, OutputFile file)
      throws IOException {
    return new RollupOutput(RollupFileWriter.toBeFolded(tierSeconds, file), partitionPath, file);
  }

  /** A file of one tier and UTC day that is to be kept: smaller, and slower to write. */
  public static RollupOutput openFolded(int tierSeconds, String partitionPath, OutputFile file)
      throws IOException {
    return new RollupOutput(RollupFileWriter.toBeKept(tierSeconds, file), partitionPath, file);
  }

  /** A file of the series table that takes its rows one after the other, sorted. */
  public static SeriesOutput openSeries(OutputFile file) throws IOException {
    return new SeriesOutput(file);
  }

  /** Rows of the series table, sorted by org, metric and series id. */
  public static DataFile writeSeries(SeriesRows rows, OutputFile file) throws IOException {
    try (SeriesOutput output = openSeries(file)) {
      int[] order = rows.order();
      for (int i = 0; i < rows.size(); i++) {
        output.add(rows.entry(order[i]));
      }
      return output.finish();
    }
  }

  static DataFiles.Builder describe(ParquetMetadata footer, PartitionSpec spec, OutputFile file) {
    return DataFiles.builder(spec)
        .withPath(file.location())
        .withFormat(FileFormat.PARQUET)
        .withFileSizeInBytes(file.toInputFile().getLength())
        .withMetrics(ParquetUtil.footerMetrics(footer, Stream.empty(), MetricsConfig.getDefault()))
        .withSplitOffsets(ParquetUtil.getSplitOffsets(footer));
  }
}
