package tidemark.serde.fold;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.util.JsonUtil;

/** Data files as text, which is how they travel between tasks. */
public final class TableFiles {
  private TableFiles() {}

  public static List<String> toJson(List<DataFile> files, PartitionSpec spec) {
    return files.stream().map(file -> ContentFileParser.toJson(file, spec)).toList();
  }

  public static List<DataFile> ofJson(List<String> texts, PartitionSpec spec) throws IOException {
    List<DataFile> files = new ArrayList<>(texts.size());
    for (String json : texts) {
      files.add((DataFile) ContentFileParser.fromJson(JsonUtil.mapper().readTree(json), spec));
    }
    return files;
  }
}
