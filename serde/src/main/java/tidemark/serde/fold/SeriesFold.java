package tidemark.serde.fold;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import tidemark.serde.partial.SeriesEntry;
import tidemark.serde.table.SeriesFileReader;
import tidemark.serde.table.SeriesOutput;
import tidemark.serde.table.TableFileWriter;

/**
 * Folds files of the series table, as {@link SeriesMerge} merges them.
 *
 * <p>Memory, beside the open files: the rows of one series id, and a row group that is written.
 */
public final class SeriesFold implements Fold {

  @Override
  public List<DataFile> fold(List<DataFile> files, long targetBytes, NewFiles folder)
      throws IOException {
    try (SeriesMerge rows = new SeriesMerge()) {
      for (DataFile file : files) {
        rows.add(
            new SeriesFileReader(
                folder.io().newInputFile(file.location(), file.fileSizeInBytes())));
      }
      return write(rows, targetBytes, folder);
    }
  }

  private static List<DataFile> write(SeriesMerge rows, long targetBytes, NewFiles folder)
      throws IOException {
    List<DataFile> written = new ArrayList<>();
    while (rows.hasNext()) {
      try (SeriesOutput output = TableFileWriter.openSeries(folder.next())) {
        while (rows.hasNext() && output.length() < targetBytes) {
          for (SeriesEntry entry : rows.next()) {
            output.add(entry);
          }
        }
        written.add(output.finish());
      }
    }
    return written;
  }
}
