package tidemark.serde.wire;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.StringJoiner;
import tidemark.state.Refusal;

/**
 * Text of an OTLP attribute value ({@code AnyValue}). Series ids follow from it: frozen.
 *
 * <pre>
 *   string     as it is
 *   bool       true, false
 *   int        decimal
 *   double     the fewest decimal digits that read back as the same double, trailing zeros dropped:
 *              5, 0.1, -2.5, 1E+30; without exponent from 1e-6 up to 1e21; NaN, Infinity, -Infinity;
 *              both zeros 0
 *   bytes      base64, padded
 *   array      [1,"a",true]        JSON without spaces; strings and bytes quoted, absent values null
 *   key-value  {"k":"v","n":[1]}   likewise, in the order that the producer wrote
 *   absent     nothing
 * </pre>
 *
 * <p>Arrays and key-value lists nest at most {@value #MAX_DEPTH} deep.
 */
final class OtlpValueText {
  static final int MAX_DEPTH = 16;

  private static final int STRING = 1 << 3 | ProtoReader.BYTES;
  private static final int BOOL = 2 << 3 | ProtoReader.VARINT;
  private static final int INT = 3 << 3 | ProtoReader.VARINT;
  private static final int DOUBLE = 4 << 3 | ProtoReader.FIXED64;
  private static final int ARRAY = 5 << 3 | ProtoReader.BYTES;
  private static final int KEY_VALUE_LIST = 6 << 3 | ProtoReader.BYTES;
  private static final int RAW_BYTES = 7 << 3 | ProtoReader.BYTES;

  /** Field of ArrayValue and of KeyValueList alike. */
  private static final int ELEMENT = 1 << 3 | ProtoReader.BYTES;

  private static final int KEY = 1 << 3 | ProtoReader.BYTES;
  private static final int VALUE = 2 << 3 | ProtoReader.BYTES;

  private static final BigDecimal PLAIN_FROM = new BigDecimal("1e-6");
  private static final BigDecimal PLAIN_BELOW = new BigDecimal("1e21");

  private OtlpValueText() {}

  static ProtoReader reader(ByteBuffer bytes) {
    ProtoReader reader = new ProtoReader();
    int start = bytes.arrayOffset() + bytes.position();
    reader.wrap(bytes.array(), start, start + bytes.remaining());
    return reader;
  }

  /** Takes a length-delimited value off the reader. */
  static ByteBuffer readBytes(ProtoReader reader) throws MalformedMessageException {
    int length = reader.readLength();
    ByteBuffer bytes = ByteBuffer.wrap(reader.buffer(), reader.position(), length).slice();
    reader.advance(length);
    return bytes;
  }

  /** Text of an attribute's whole value. */
  static String of(FieldBytes value) throws MalformedMessageException, RefusedException {
    ProtoReader reader = new ProtoReader();
    value.wrapIn(reader);
    return text(reader, 0);
  }

  /** At depth 0 the bare text, deeper inside JSON. Of several values the last one counts. */
  private static String text(ProtoReader reader, int depth)
      throws MalformedMessageException, RefusedException {
    boolean isNested = depth > 0;
    String text = isNested ? "null" : "";
    while (reader.hasMore()) {
      int tag = reader.readTag();
      switch (tag) {
        case STRING -> text = quotedIf(isNested, Utf8.decode(readBytes(reader)));
        case BOOL -> text = Boolean.toString(reader.readVarint() != 0);
        case INT -> text = Long.toString(reader.readVarint());
        case DOUBLE -> text = ofDouble(reader.readDouble());
        case ARRAY -> text = ofArray(reader(readBytes(reader)), depth + 1);
        case KEY_VALUE_LIST -> text = ofKeyValueList(reader(readBytes(reader)), depth + 1);
        case RAW_BYTES -> text = quotedIf(isNested, base64(readBytes(reader)));
        default -> reader.skip(tag);
      }
    }
    return text;
  }

  static String ofDouble(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    if (value == 0) {
      return "0";
    }
    // Not Double.toString: before JDK 19 it sometimes gave a digit too many, and later ones do not.
    BigDecimal exact = new BigDecimal(value);
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == value) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    BigDecimal magnitude = shortest.abs();
    boolean isPlain = magnitude.compareTo(PLAIN_FROM) >= 0 && magnitude.compareTo(PLAIN_BELOW) < 0;
    return isPlain ? shortest.toPlainString() : shortest.toString();
  }

  private static String ofArray(ProtoReader array, int depth)
      throws MalformedMessageException, RefusedException {
    requireDepth(depth);
    StringJoiner elements = new StringJoiner(",", "[", "]");
    while (array.hasMore()) {
      int tag = array.readTag();
      if (tag == ELEMENT) {
        elements.add(text(reader(readBytes(array)), depth));
      } else {
        array.skip(tag);
      }
    }
    return elements.toString();
  }

  private static String ofKeyValueList(ProtoReader list, int depth)
      throws MalformedMessageException, RefusedException {
    requireDepth(depth);
    StringJoiner entries = new StringJoiner(",", "{", "}");
    while (list.hasMore()) {
      int tag = list.readTag();
      if (tag == ELEMENT) {
        entries.add(ofKeyValue(reader(readBytes(list)), depth));
      } else {
        list.skip(tag);
      }
    }
    return entries.toString();
  }

  private static String ofKeyValue(ProtoReader keyValue, int depth)
      throws MalformedMessageException, RefusedException {
    String key = "";
    String value = "null";
    while (keyValue.hasMore()) {
      int tag = keyValue.readTag();
      switch (tag) {
        case KEY -> key = Utf8.decode(readBytes(keyValue));
        case VALUE -> value = text(reader(readBytes(keyValue)), depth);
        default -> keyValue.skip(tag);
      }
    }
    return quoted(key) + ":" + value;
  }

  private static void requireDepth(int depth) throws RefusedException {
    if (depth > MAX_DEPTH) {
      throw new RefusedException(Refusal.MALFORMED);
    }
  }

  private static String base64(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return Base64.getEncoder().encodeToString(copy);
  }

  private static String quotedIf(boolean isNested, String text) {
    return isNested ? quoted(text) : text;
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
