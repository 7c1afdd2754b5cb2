package tidemark.serde.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import tidemark.state.MetricType;
import tidemark.state.Refusal;

/**
 * Reads a native batch, {@code tidemark.wire.v1.NativeBatch} of {@code native_batch.proto}.
 *
 * <p>One scan over the message notes where the columns lie; a second walk reads them side by side,
 * series by series. Fields may come in any order, columns in pieces; unknown fields are skipped.
 *
 * <p>Refuses the record as malformed when it is no protobuf or its columns disagree, as of unknown
 * format for a version other than {@value #VERSION}, for want of an org, and as oversized when its
 * keys written out pass the bound of {@link SeriesKeyBuffer}. Refuses the points of a series whose
 * type is unknown, a tag of which is longer than a key can say, or whose key is oversized. Whatever
 * else is wrong with a series or point is for {@link SeriesKey#resolve} and admission to find.
 *
 * <p>Scratch memory: four times the longest record so far at most. Nothing is allocated per series
 * or point. Not thread-safe.
 */
public final class NativeBatchDecoder implements RecordDecoder {
  static final int VERSION = 1;

  private static final int VERSION_FIELD = 1 << 3 | ProtoReader.VARINT;
  private static final int ORG_FIELD = 2 << 3 | ProtoReader.BYTES;
  private static final int SYMBOL_FIELD = 3 << 3 | ProtoReader.BYTES;
  private static final int METRICS = 4 << 3 | ProtoReader.BYTES;
  private static final int METRIC = 4 << 3 | ProtoReader.VARINT;
  private static final int TYPES = 5 << 3 | ProtoReader.BYTES;
  private static final int TYPE = 5 << 3 | ProtoReader.VARINT;
  private static final int TAG_COUNTS = 6 << 3 | ProtoReader.BYTES;
  private static final int TAG_COUNT = 6 << 3 | ProtoReader.VARINT;
  private static final int POINT_COUNTS = 7 << 3 | ProtoReader.BYTES;
  private static final int POINT_COUNT = 7 << 3 | ProtoReader.VARINT;
  private static final int TAGS = 8 << 3 | ProtoReader.BYTES;
  private static final int TAG = 8 << 3 | ProtoReader.VARINT;
  private static final int BASE_TIMESTAMP = 9 << 3 | ProtoReader.VARINT;
  private static final int TIMESTAMPS = 10 << 3 | ProtoReader.BYTES;
  private static final int TIMESTAMP = 10 << 3 | ProtoReader.VARINT;
  private static final int VALUES = 11 << 3 | ProtoReader.BYTES;
  private static final int VALUE = 11 << 3 | ProtoReader.FIXED64;

  private final ProtoReader message = new ProtoReader();
  private final FieldBytes metricBytes = new FieldBytes();
  private final FieldBytes typeBytes = new FieldBytes();
  private final FieldBytes tagCountBytes = new FieldBytes();
  private final FieldBytes pointCountBytes = new FieldBytes();
  private final FieldBytes tagBytes = new FieldBytes();
  private final FieldBytes timestampBytes = new FieldBytes();
  private final FieldBytes valueBytes = new FieldBytes();

  private final ProtoReader metrics = new ProtoReader();
  private final ProtoReader types = new ProtoReader();
  private final ProtoReader tagCounts = new ProtoReader();
  private final ProtoReader pointCounts = new ProtoReader();
  private final ProtoReader tags = new ProtoReader();
  private final ProtoReader timestamps = new ProtoReader();
  private final ProtoReader values = new ProtoReader();

  private final SeriesKeyBuffer key = new SeriesKeyBuffer();
  private int[] symbolStart = new int[256];
  private int[] symbolLength = new int[256];
  private int symbolCount;
  private long version;
  private int orgStart;
  private int orgLength;
  private long baseTimestampMs;

  @Override
  public void decode(byte[] value, int start, int length, String defaultOrg, PointBlock into) {
    into.begin();
    if (length == 0) {
      into.refuseRecord(Refusal.EMPTY);
      return;
    }
    try {
      findFields(value, start, start + length);
      if (version != VERSION) {
        into.refuseRecord(Refusal.UNKNOWN_FORMAT);
      } else if (!startKeys(value, defaultOrg)) {
        into.refuseRecord(Refusal.NO_ORG);
      } else {
        readAllSeries(value, into);
      }
    } catch (MalformedMessageException malformed) {
      into.refuseRecord(Refusal.MALFORMED);
    }
  }

  private void findFields(byte[] value, int start, int end) throws MalformedMessageException {
    clear();
    message.wrap(value, start, end);
    while (message.hasMore()) {
      int tag = message.readTag();
      switch (tag) {
        case VERSION_FIELD -> version = message.readVarint();
        case ORG_FIELD -> {
          orgLength = message.readLength();
          orgStart = message.position();
          message.advance(orgLength);
        }
        case SYMBOL_FIELD -> addSymbol();
        case METRICS, METRIC -> metricBytes.takePacked(message, tag, ProtoReader.VARINT);
        case TYPES, TYPE -> typeBytes.takePacked(message, tag, ProtoReader.VARINT);
        case TAG_COUNTS, TAG_COUNT -> tagCountBytes.takePacked(message, tag, ProtoReader.VARINT);
        case POINT_COUNTS, POINT_COUNT ->
            pointCountBytes.takePacked(message, tag, ProtoReader.VARINT);
        case TAGS, TAG -> tagBytes.takePacked(message, tag, ProtoReader.VARINT);
        case BASE_TIMESTAMP -> baseTimestampMs = message.readVarint();
        case TIMESTAMPS, TIMESTAMP -> timestampBytes.takePacked(message, tag, ProtoReader.VARINT);
        case VALUES, VALUE -> valueBytes.takePacked(message, tag, ProtoReader.FIXED64);
        default -> message.skip(tag);
      }
    }
  }

  private void clear() {
    symbolCount = 0;
    version = 0;
    orgLength = 0;
    baseTimestampMs = 0;
    metricBytes.clear();
    typeBytes.clear();
    tagCountBytes.clear();
    pointCountBytes.clear();
    tagBytes.clear();
    timestampBytes.clear();
    valueBytes.clear();
  }

  private void addSymbol() throws MalformedMessageException {
    if (symbolCount == symbolStart.length) {
      symbolStart = Arrays.copyOf(symbolStart, symbolCount * 2);
      symbolLength = Arrays.copyOf(symbolLength, symbolCount * 2);
    }
    int length = message.readLength();
    symbolStart[symbolCount] = message.position();
    symbolLength[symbolCount] = length;
    symbolCount++;
    message.advance(length);
  }

  private boolean startKeys(byte[] value, String defaultOrg) {
    if (orgLength > 0) {
      return key.startRecord(SeriesKey.NATIVE, value, orgStart, orgLength);
    }
    byte[] org = defaultOrg.getBytes(UTF_8);
    return key.startRecord(SeriesKey.NATIVE, org, 0, org.length);
  }

  private void readAllSeries(byte[] value, PointBlock into) throws MalformedMessageException {
    metricBytes.wrapIn(metrics);
    typeBytes.wrapIn(types);
    tagCountBytes.wrapIn(tagCounts);
    pointCountBytes.wrapIn(pointCounts);
    tagBytes.wrapIn(tags);
    timestampBytes.wrapIn(timestamps);
    valueBytes.wrapIn(values);
    while (metrics.hasMore()) {
      readSeries(value, into);
      if (into.isRecordRefused()) {
        return;
      }
    }
    if (types.hasMore()
        || tagCounts.hasMore()
        || pointCounts.hasMore()
        || tags.hasMore()
        || timestamps.hasMore()
        || values.hasMore()) {
      throw new MalformedMessageException();
    }
    if (into.pointCount() == 0 && into.refused().isEmpty()) {
      into.refuseRecord(Refusal.EMPTY);
    }
  }

  private void readSeries(byte[] value, PointBlock into) throws MalformedMessageException {
    int metric = readSymbol(metrics);
    long typeCode = types.readVarint();
    int tagCount = tagCounts.readCount();
    int pointCount = pointCounts.readCount();
    if (typeCode < 1 || typeCode > Byte.MAX_VALUE || !MetricType.isCode((int) typeCode)) {
      skipTags(tagCount);
      refusePoints(Refusal.UNKNOWN_METRIC_KIND, pointCount, into);
      return;
    }
    MetricType type = MetricType.ofCode((int) typeCode);
    boolean hasLongTag = assembleKey(value, type, metric, tagCount);
    if (key.isExhausted()) {
      into.refuseRecord(Refusal.OVERSIZED);
    } else if (hasLongTag) {
      refusePoints(Refusal.TAG_TOO_LONG, pointCount, into);
    } else if (key.isTooLong()) {
      refusePoints(Refusal.OVERSIZED, pointCount, into);
    } else if (pointCount > 0) {
      key.addTo(into, type);
      readPoints(pointCount, into);
    }
  }

  private int readSymbol(ProtoReader column) throws MalformedMessageException {
    long symbol = column.readVarint();
    if (symbol < 0 || symbol >= symbolCount) {
      throw new MalformedMessageException();
    }
    return (int) symbol;
  }

  /** Puts the key together and tells whether a tag had to be left out because it is too long. */
  private boolean assembleKey(byte[] value, MetricType type, int metric, int tagCount)
      throws MalformedMessageException {
    key.startSeries(type);
    key.putLongBytes(value, symbolStart[metric], symbolLength[metric]);
    boolean hasLongTag = false;
    for (int i = 0; i < tagCount; i++) {
      int symbol = readSymbol(tags);
      int length = symbolLength[symbol];
      if (length > SeriesKey.MAX_NATIVE_TAG_BYTES) {
        hasLongTag = true;
      } else {
        key.putShortBytes(value, symbolStart[symbol], length);
      }
    }
    return hasLongTag;
  }

  private void skipTags(int count) throws MalformedMessageException {
    for (int i = 0; i < count; i++) {
      readSymbol(tags);
    }
  }

  private void readPoints(int count, PointBlock into) throws MalformedMessageException {
    values.requireElements(count, Double.BYTES);
    into.reservePoints(count);
    long timestampMs = baseTimestampMs;
    for (int i = 0; i < count; i++) {
      timestampMs += timestamps.readZigzag();
      into.addPoint(timestampMs, values.readDouble());
    }
  }

  private void refusePoints(Refusal reason, int count, PointBlock into)
      throws MalformedMessageException {
    values.requireElements(count, Double.BYTES);
    values.advance(count * Double.BYTES);
    for (int i = 0; i < count; i++) {
      timestamps.readVarint();
    }
    into.refuse(reason, count);
  }
}
