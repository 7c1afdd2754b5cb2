package tidemark.serde.fold;

import java.io.IOException;
import java.util.List;
import org.apache.iceberg.DataFile;

/** Makes fewer sorted files of several, with the rows of each key folded into one. */
public interface Fold {

  /**
   * Reads all these files side by side and writes the result.
   *
   * @param targetBytes size at which a file ends and the next begins
   * @param folder where the new files go; it knows of each from its first byte on
   */
  List<DataFile> fold(List<DataFile> files, long targetBytes, NewFiles folder) throws IOException;
}
