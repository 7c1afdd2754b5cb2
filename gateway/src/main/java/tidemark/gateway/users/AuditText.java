package tidemark.gateway.users;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An {@link AuditLine} as one line of JSON, in this order: {@code time} (ISO 8601, UTC), {@code
 * user}, {@code org}, {@code address}, {@code protocol}, {@code application}, {@code sql}, {@code
 * parameters}, {@code state}, {@code rows}, {@code bytes}, {@code ms}, {@code epoch}, {@code
 * hot_rows}; and {@code sql_chars}, its whole length, behind an {@code sql} that was cut.
 *
 * <p>Printable ASCII alone: everything else is escaped, so that no statement can end a line, move a
 * cursor or turn text around in a terminal.
 */
final class AuditText {
  /** Of a statement; the rest is cut. */
  static final int MAX_SQL_CHARS = 10_240;

  private static final int MAX_NAME_CHARS = 256;
  private static final int DELETE = 0x7f;

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .characterEscapes(new WithDelete())
          .build();

  private AuditText() {}

  static byte[] of(AuditLine line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("time", line.time().toString());
      json.writeStringField("user", cut(line.user(), MAX_NAME_CHARS));
      json.writeStringField("org", line.org());
      json.writeStringField("address", cut(line.origin().address(), MAX_NAME_CHARS));
      json.writeStringField("protocol", cut(line.origin().protocol(), MAX_NAME_CHARS));
      json.writeStringField("application", cut(line.origin().application(), MAX_NAME_CHARS));
      json.writeStringField("sql", cut(line.sql(), MAX_SQL_CHARS));
      if (line.sql().length() > MAX_SQL_CHARS) {
        json.writeNumberField("sql_chars", line.sql().length());
      }
      json.writeNumberField("parameters", line.parameters());
      json.writeStringField("state", line.state());
      json.writeNumberField("rows", line.rows());
      json.writeNumberField("bytes", line.bytes());
      json.writeNumberField("ms", line.millis());
      json.writeNumberField("epoch", line.epoch());
      json.writeNumberField("hot_rows", line.hotRows());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes all bytes", e);
    }
    bytes.writeBytes("\n".getBytes(US_ASCII));
    return bytes.toByteArray();
  }

  /** Not between the two halves of a character; a half that stands alone is replaced. */
  private static String cut(String text, int most) {
    String head = text;
    if (text.length() > most) {
      head = text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
    return wellFormed(head);
  }

  private static String wellFormed(String text) {
    StringBuilder whole = null;
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      boolean isPair =
          Character.isHighSurrogate(unit)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (isPair) {
        i++;
      } else if (Character.isSurrogate(unit)) {
        whole = whole == null ? new StringBuilder(text) : whole;
        whole.setCharAt(i, '\ufffd');
      }
    }
    return whole == null ? text : whole.toString();
  }

  /** What JSON wants escaped, and the one control character of ASCII that it does not. */
  private static final class WithDelete extends CharacterEscapes {
    private static final long serialVersionUID = 1L;

    private final int[] ascii = standardAsciiEscapesForJSON();

    WithDelete() {
      ascii[DELETE] = ESCAPE_STANDARD;
    }

    @Override
    public int[] getEscapeCodesForAscii() {
      return ascii.clone();
    }

    @Override
    public SerializableString getEscapeSequence(int character) {
      return null;
    }
  }
}
