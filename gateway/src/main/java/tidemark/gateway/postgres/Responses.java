package tidemark.gateway.postgres;

import java.util.List;
import tidemark.gateway.ask.Answer;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.SqlState;
import tidemark.gateway.ask.ValueType;

/** The messages that a server sends, field by field; chapter 55.7 of PostgreSQL's manual. */
final class Responses {
  static final int BINARY = 1;

  private static final int NULL = -1;
  private static final int MAX_COLUMNS = Short.MAX_VALUE;

  private final MessageWriter out;

  Responses(MessageWriter out) {
    this.out = out;
  }

  void flush() {
    out.flush();
  }

  /** A message without a body. */
  void bare(char type) {
    out.begin(type).end();
  }

  void authentication(int step) {
    out.begin('R').int32(step).end();
  }

  void authentication(int step, byte[] data) {
    out.begin('R').int32(step).bytes(data).end();
  }

  void saslMechanisms(List<String> names) {
    out.begin('R').int32(10);
    names.forEach(out::text);
    out.int8(0).end();
  }

  void negotiate(int version, List<String> unknownOptions) {
    out.begin('v').int32(version).int32(unknownOptions.size());
    unknownOptions.forEach(out::text);
    out.end();
  }

  void parameterStatus(String name, String value) {
    out.begin('S').text(name).text(value).end();
  }

  void backendKey(int processId, int secret) {
    out.begin('K').int32(processId).int32(secret).end();
  }

  void readyForQuery(Transaction.Status status) {
    out.begin('Z').int8(status.code()).end();
  }

  void commandComplete(String tag) {
    out.begin('C').text(tag).end();
  }

  void parameterDescription(List<PostgresType> types) {
    out.begin('t').int16(types.size());
    types.forEach(type -> out.int32(type.oid()));
    out.end();
  }

  /**
   * @param formats none, one for all, or one each
   */
  void rowDescription(List<Column> columns, int[] formats) {
    if (columns.size() > MAX_COLUMNS) {
      throw new AskException(
          SqlState.STATEMENT_TOO_COMPLEX,
          "a row may have %d columns, got %d".formatted(MAX_COLUMNS, columns.size()));
    }
    try {
      out.begin('T').int16(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        PostgresType type = PostgresType.of(columns.get(i).type());
        out.text(columns.get(i).name()).int32(0).int16(0);
        out.int32(type.oid()).int16(type.length()).int32(-1).int16(format(formats, i));
      }
      out.end();
    } catch (RuntimeException e) {
      out.abandon();
      throw e;
    }
  }

  /** The current row. */
  void dataRow(Answer rows, List<Column> columns, int[] formats) {
    try {
      out.begin('D').int16(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        value(columns.get(i).type(), rows.value(i), format(formats, i));
      }
      out.end();
    } catch (DisconnectedException e) {
      throw e;
    } catch (RuntimeException e) {
      // Half a row must not reach the client before the error does.
      out.abandon();
      throw e;
    }
  }

  private void value(ValueType type, Object value, int format) {
    if (value == null) {
      out.int32(NULL);
      return;
    }
    int mark = out.beginValue();
    if (format == BINARY) {
      BinaryValues.write(type, value, out);
    } else {
      out.utf8(TextValues.text(type, value));
    }
    out.endValue(mark);
  }

  private static int format(int[] formats, int column) {
    return formats.length == 0 ? 0 : formats[formats.length == 1 ? 0 : column];
  }

  /** How bad it is, in PostgreSQL's words. */
  enum Severity {
    WARNING,
    ERROR,
    FATAL
  }

  /**
   * @param offset what to add to a position in the statement, in code points
   */
  void error(Severity severity, AskException error, int offset) {
    out.begin('E');
    out.int8('S').text(severity.name()).int8('V').text(severity.name());
    out.int8('C').text(error.state().code()).int8('M').text(String.valueOf(error.getMessage()));
    error.hint().ifPresent(hint -> out.int8('H').text(hint));
    error.position().ifPresent(position -> out.int8('P').text(Integer.toString(position + offset)));
    out.int8(0).end();
  }

  void warning(SqlState state, String message) {
    out.begin('N');
    out.int8('S').text("WARNING").int8('V').text("WARNING");
    out.int8('C').text(state.code()).int8('M').text(message);
    out.int8(0).end();
  }
}
