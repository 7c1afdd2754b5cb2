package tidemark.operators.compact;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.util.JsonUtil;
import tidemark.serde.table.RollupsTable;
import tidemark.serde.table.SeriesTable;

/** Data files as text, which is how they travel between tasks. */
final class TableFiles {
  private TableFiles() {}

  static PartitionSpec spec(CompactTask task) {
    return task.isOfSeries() ? SeriesTable.SPEC : RollupsTable.SPEC;
  }

  static List<String> toJson(List<DataFile> files, PartitionSpec spec) {
    return files.stream().map(file -> ContentFileParser.toJson(file, spec)).toList();
  }

  static List<DataFile> ofJson(List<String> texts, PartitionSpec spec) throws IOException {
    List<DataFile> files = new ArrayList<>(texts.size());
    for (String json : texts) {
      files.add((DataFile) ContentFileParser.fromJson(JsonUtil.mapper().readTree(json), spec));
    }
    return files;
  }
}
