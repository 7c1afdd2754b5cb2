package tidemark.serde.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import tidemark.serde.partial.SeriesEntry;
import tidemark.state.SeriesIdentity;

/** Rows of the series table, waiting to become one file. Not thread-safe. */
public final class SeriesRows {
  static final MessageType MESSAGE = ParquetSchemaUtil.convert(SeriesTable.SCHEMA, "series");

  // the names that Iceberg gives the inner fields of a map
  private static final GroupType TAGS = MESSAGE.getType("tags").asGroupType();
  private static final GroupType KEY_VALUE = TAGS.getType(0).asGroupType();

  /** The order of the table's files. */
  public static final Comparator<SeriesEntry> ORDER =
      Comparator.comparing((SeriesEntry entry) -> entry.identity().org())
          .thenComparing(entry -> entry.identity().metric())
          .thenComparingLong(SeriesEntry::seriesId);

  /** What a row is sorted by first. */
  private record Name(String org, String metric) {}

  private final List<SeriesEntry> entries = new ArrayList<>();
  private final RowSort sort = new RowSort();

  public void add(SeriesEntry entry) {
    entries.add(entry);
  }

  public int size() {
    return entries.size();
  }

  /** Forgets the rows, once they are written. */
  public void clear() {
    entries.clear();
  }

  /**
   * Row numbers in {@link #ORDER}, in an array that may be longer than they are. Names are few and
   * compared once each: every series of a job may be told anew at midnight.
   */
  int[] order() {
    int[] ranks = ranks();
    int[] idHighs = new int[size()];
    int[] idLows = new int[size()];
    for (int row = 0; row < size(); row++) {
      long id = entry(row).seriesId();
      idHighs[row] = (int) ((id ^ Long.MIN_VALUE) >>> Integer.SIZE);
      idLows[row] = (int) id;
    }
    sort.begin(size());
    sort.by(idLows);
    sort.by(idHighs);
    sort.by(ranks);
    return sort.order();
  }

  /** By row, the place of its name among all names of the rows. */
  private int[] ranks() {
    Map<Name, Integer> numbers = new HashMap<>();
    List<Name> names = new ArrayList<>();
    int[] ranks = new int[size()];
    for (int row = 0; row < size(); row++) {
      SeriesIdentity identity = entry(row).identity();
      Name name = new Name(identity.org(), identity.metric());
      Integer number = numbers.putIfAbsent(name, names.size());
      if (number == null) {
        number = names.size();
        names.add(name);
      }
      ranks[row] = number;
    }
    int[] rankOfNumber = new int[names.size()];
    names.sort(Comparator.comparing(Name::org).thenComparing(Name::metric));
    for (int rank = 0; rank < names.size(); rank++) {
      rankOfNumber[numbers.get(names.get(rank))] = rank;
    }
    for (int row = 0; row < size(); row++) {
      ranks[row] = rankOfNumber[ranks[row]];
    }
    return ranks;
  }

  SeriesEntry entry(int row) {
    return entries.get(row);
  }

  /** Puts the fields of one row into the consumer. */
  static void write(SeriesEntry entry, RecordConsumer out) {
    text(out, "org", SeriesTable.ORG, entry.identity().org());
    text(out, "metric", SeriesTable.METRIC, entry.identity().metric());
    number(out, "series_id", SeriesTable.SERIES_ID, entry.seriesId());
    text(out, "type", SeriesTable.TYPE, entry.type().label());
    out.startField("tags", SeriesTable.TAGS - 1);
    out.startGroup();
    tags(out, entry.identity().tags());
    out.endGroup();
    out.endField("tags", SeriesTable.TAGS - 1);
    number(out, "first_seen", SeriesTable.FIRST_SEEN, entry.firstSeenMs() * 1000);
    number(out, "last_seen", SeriesTable.LAST_SEEN, entry.lastSeenMs() * 1000);
  }

  private static void tags(RecordConsumer out, List<String> tags) {
    if (tags.isEmpty()) {
      return;
    }
    out.startField(KEY_VALUE.getName(), 0);
    for (String tag : tags) {
      out.startGroup();
      text(out, KEY_VALUE.getFieldName(0), 1, SeriesIdentity.key(tag));
      text(out, KEY_VALUE.getFieldName(1), 2, SeriesIdentity.value(tag));
      out.endGroup();
    }
    out.endField(KEY_VALUE.getName(), 0);
  }

  /**
   * @param ordinal position in its group, from 1; for columns of the table that is the field id
   */
  private static void text(RecordConsumer out, String field, int ordinal, String value) {
    out.startField(field, ordinal - 1);
    out.addBinary(Binary.fromString(value));
    out.endField(field, ordinal - 1);
  }

  private static void number(RecordConsumer out, String field, int ordinal, long value) {
    out.startField(field, ordinal - 1);
    out.addLong(value);
    out.endField(field, ordinal - 1);
  }
}
