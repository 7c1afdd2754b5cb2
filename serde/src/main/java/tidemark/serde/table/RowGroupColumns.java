package tidemark.serde.table;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.IOException;
import java.util.Arrays;

/**
 * The columns of one row group after the other, of files that may differ. Columns that are not
 * asked for cost nothing. Not thread-safe; holds some 150 kB outside the heap until it is closed.
 */
public final class RowGroupColumns implements AutoCloseable {
  private static final int FIELDS = RollupsTable.SKETCH_ERROR + 1;

  private final ZstdDecompressCtx zstd = new ZstdDecompressCtx();
  private final ColumnPages[] columns = new ColumnPages[FIELDS]; // by field id
  private final boolean[] isOpen = new boolean[FIELDS];
  private StoredColumns file;
  private int group;

  /** Goes on to a row group. */
  public void open(StoredColumns fileToRead, int rowGroup) {
    file = fileToRead;
    group = rowGroup;
    Arrays.fill(isOpen, false);
  }

  /**
   * A column, whose next row to be read is that one.
   *
   * @param fieldId in {@link RollupsTable}
   * @param row in the row group, not below what was read of the column before
   */
  public ColumnPages column(int fieldId, long row) throws IOException {
    if (columns[fieldId] == null) {
      columns[fieldId] = new ColumnPages(zstd);
    }
    ColumnPages column = columns[fieldId];
    if (!isOpen[fieldId]) {
      file.open(group, fieldId, column);
      isOpen[fieldId] = true;
    }
    column.seek(row);
    return column;
  }

  @Override
  public void close() {
    zstd.close();
  }
}
