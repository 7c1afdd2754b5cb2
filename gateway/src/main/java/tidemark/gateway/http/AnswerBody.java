package tidemark.gateway.http;

import java.io.IOException;
import java.util.List;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.Provenance;

/** Rows as bytes of one format; begin, rows, and then one of the two ends. */
interface AnswerBody {
  void begin(List<Column> columns, Provenance provenance) throws IOException;

  /**
   * @param values one for each column
   */
  void row(Object[] values) throws IOException;

  /** The answer is whole. */
  void end(long rows) throws IOException;

  /**
   * The answer ends here.
   *
   * @throws IOException if the format cannot say so: then the connection must break
   */
  void fail(long rows, Refusal reason) throws IOException;
}
