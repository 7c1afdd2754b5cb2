package tidemark.serde.table;

import java.io.Closeable;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.parquet.Parquet;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

/**
 * Reads one Parquet file of {@link SeriesTable} row after row, in the order of the file. Memory:
 * one row group as it lies in the file and a page of each column. Not thread-safe.
 */
public final class SeriesFileReader implements Closeable {
  private final CloseableIterable<Record> records;
  private final CloseableIterator<Record> iterator;

  public SeriesFileReader(InputFile file) {
    records =
        Parquet.read(file)
            .project(SeriesTable.SCHEMA)
            .createReaderFunc(
                message -> GenericParquetReaders.buildReader(SeriesTable.SCHEMA, message))
            .build();
    iterator = records.iterator();
  }

  public boolean hasNext() {
    return iterator.hasNext();
  }

  public SeriesEntry next() {
    Record row = iterator.next();
    SeriesIdentity identity =
        new SeriesIdentity(text(row, "org"), text(row, "metric"), tags(row.getField("tags")));
    return new SeriesEntry(
        (Long) row.getField("series_id"),
        0L,
        MetricType.ofLabel(text(row, "type")),
        identity,
        epochMs(row, "first_seen"),
        epochMs(row, "last_seen"));
  }

  private static String text(Record row, String column) {
    return (String) row.getField(column);
  }

  private static long epochMs(Record row, String column) {
    return ((OffsetDateTime) row.getField(column)).toInstant().toEpochMilli();
  }

  private static List<String> tags(Object map) {
    List<String> tags = new ArrayList<>();
    for (Map.Entry<?, ?> tag : ((Map<?, ?>) map).entrySet()) {
      tags.add(tag.getKey() + ":" + tag.getValue());
    }
    tags.sort(Comparator.naturalOrder());
    return tags;
  }

  @Override
  public void close() throws IOException {
    try (Closeable all = records) {
      iterator.close();
    }
  }
}
