package tidemark.gateway.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * Why a request gets no answer, or not all of it:
 *
 * <pre>
 * {"error": {"sqlstate": "42703", "message": "...", "hint": "...", "position": 8}}
 * </pre>
 *
 * <p>hint and position (in characters of the statement, from 1) where there are any.
 *
 * @param status of HTTP
 * @param position 0 if there is none
 * @param headers that go with it
 */
record Refusal(
    int status,
    String sqlState,
    String message,
    String hint,
    int position,
    Map<String, String> headers) {

  private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);
  private static final Map<String, String> LATER = Map.of("Retry-After", "1");

  Refusal {
    headers = Map.copyOf(headers);
  }

  static Refusal of(int status, SqlState state, String message) {
    return new Refusal(status, state.code(), message, "", 0, Map.of());
  }

  Refusal withHint(String said) {
    return new Refusal(status, sqlState, message, said, position, headers);
  }

  Refusal withHeader(String name, String value) {
    return new Refusal(status, sqlState, message, hint, position, Map.of(name, value));
  }

  /** Tells what users may see, and of anything else an id that is in the log. */
  static Refusal of(Throwable failure) {
    if (failure instanceof RefusedException refused) {
      return refused.refusal();
    }
    if (failure instanceof AskException told && told.state() != SqlState.INTERNAL_ERROR) {
      int status = status(told.state());
      return new Refusal(
          status,
          told.state().code(),
          told.getMessage(),
          told.hint().orElse(""),
          told.position().orElse(0),
          status == 429 || status == 503 ? LATER : Map.of());
    }
    String id = UUID.randomUUID().toString();
    LOG.error("a request failed, id {}", id, failure);
    return of(500, SqlState.INTERNAL_ERROR, "internal error, id " + id)
        .withHint("the operator finds the reason by this id");
  }

  static int status(SqlState state) {
    return switch (state) {
      case WRONG_USER, WRONG_PASSWORD -> 401;
      case NOT_ALLOWED, READ_ONLY -> 403;
      case TOO_MANY_CONNECTIONS, OUT_OF_MEMORY, LIMIT_EXCEEDED -> 429;
      case QUERY_CANCELED -> 504;
      case SHUTTING_DOWN, NOT_READY, IO_ERROR -> 503;
      case INTERNAL_ERROR -> 500;
      case FEATURE_NOT_SUPPORTED,
          PROTOCOL_VIOLATION,
          INVALID_PARAMETER_VALUE,
          INVALID_TEXT,
          DATA_EXCEPTION,
          CARDINALITY_VIOLATION,
          INVALID_CURSOR_STATE,
          INVALID_TRANSACTION_STATE,
          FAILED_TRANSACTION,
          INVALID_STATEMENT_NAME,
          INVALID_CATALOG_NAME,
          INVALID_CURSOR_NAME,
          INVALID_SCHEMA_NAME,
          SYNTAX_ERROR,
          UNDEFINED_COLUMN,
          AMBIGUOUS_COLUMN,
          UNDEFINED_FUNCTION,
          UNDEFINED_TABLE,
          UNDEFINED_PARAMETER,
          UNDEFINED_OBJECT,
          DUPLICATE_CURSOR,
          DUPLICATE_STATEMENT,
          GROUPING_ERROR,
          DATATYPE_MISMATCH,
          STATEMENT_TOO_COMPLEX,
          PROGRAM_LIMIT ->
          400;
    };
  }

  /** As the member {@code error} of the object that is open. */
  void write(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("error");
    json.writeStringField("sqlstate", sqlState);
    json.writeStringField("message", message);
    if (!hint.isEmpty()) {
      json.writeStringField("hint", hint);
    }
    if (position > 0) {
      json.writeNumberField("position", position);
    }
    json.writeEndObject();
  }
}
