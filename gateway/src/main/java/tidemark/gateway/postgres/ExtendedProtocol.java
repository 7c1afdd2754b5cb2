package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Column;
import tidemark.gateway.ask.SqlState;

/** Parse, bind, describe, execute, close: one message each. */
final class ExtendedProtocol {
  private static final int NULL = -1;

  private final Conversation conversation;
  private final Responses responses;

  ExtendedProtocol(Conversation conversation) {
    this.conversation = conversation;
    this.responses = conversation.responses();
  }

  void parse(Message message) {
    String name = message.text();
    String sql = message.text();
    int[] oids = new int[message.uint16()];
    for (int i = 0; i < oids.length; i++) {
      oids[i] = message.int32();
    }
    message.end();
    conversation.checkNewStatement(name);
    StatementSplitter splitter = new StatementSplitter(sql);
    Optional<StatementSplitter.Piece> piece = splitter.next();
    if (piece.isPresent() && splitter.next().isPresent()) {
      throw new AskException(
              SqlState.SYNTAX_ERROR, "cannot insert multiple commands into a prepared statement")
          .withHint("Send one statement at a time, or all of them as a simple query.");
    }
    Prepared prepared =
        piece.isEmpty()
            ? new Prepared(null, oids, 0, conversation.budget(), 0)
            : prepared(piece.get(), oids);
    if (!name.isEmpty()) {
      describeOrRelease(prepared); // one that will run again and again
    }
    conversation.keepStatement(name, prepared);
    responses.bare('1');
  }

  private Prepared prepared(StatementSplitter.Piece piece, int[] oids) {
    try {
      Plan plan = conversation.plan(piece.sql());
      try {
        return new Prepared(
            plan, oids, piece.sql().length(), conversation.budget(), piece.offset());
      } catch (AskException e) {
        plan.close();
        throw e;
      }
    } catch (AskException e) {
      throw e.position().isEmpty() ? e : e.at(e.position().getAsInt() + piece.offset());
    }
  }

  private static void describeOrRelease(Prepared prepared) {
    try {
      prepared.describe();
    } catch (AskException e) {
      prepared.release();
      throw e;
    }
  }

  void bind(Message message) {
    String portalName = message.text();
    Prepared prepared = conversation.statement(message.text());
    if (!prepared.isEmpty()) {
      conversation.checkMayRun(prepared.plan());
    }
    int[] parameterFormats = formats(message);
    int count = message.uint16();
    int wanted = prepared.parameterTypes().size();
    if (count != wanted) {
      throw new AskException(
          SqlState.PROTOCOL_VIOLATION,
          "bind message supplies %d parameters, but the prepared statement requires %d"
              .formatted(count, wanted));
    }
    checkFormats("parameter", parameterFormats, count);
    List<Object> arguments = new ArrayList<>(count);
    long bytesHeld = 0;
    for (int i = 0; i < count; i++) {
      int length = message.int32();
      byte[] bytes = length == NULL ? null : message.bytes(length);
      bytesHeld += Math.max(0, length);
      arguments.add(
          bytes == null ? null : argument(prepared, i, format(parameterFormats, i), bytes));
    }
    int[] formats = formats(message);
    message.end();
    if (formats.length > 1 && !prepared.describe().isEmpty()) {
      checkFormats("result", formats, prepared.describe().size());
    }
    conversation
        .portals()
        .add(
            portalName,
            new Portal(prepared, arguments, bytesHeld, formats, Portal.Life.TRANSACTION));
    responses.bare('2');
  }

  private static Object argument(Prepared prepared, int index, int format, byte[] bytes) {
    PostgresType type = prepared.parameterTypes().get(index);
    try {
      Object value =
          format == Responses.BINARY
              ? BinaryValues.read(type, bytes)
              : TextValues.parse(type.value(), Message.utf8(bytes));
      return prepared.argument(index, value);
    } catch (AskException e) {
      throw new AskException(
          e.state(), "parameter $%d: %s".formatted(index + 1, e.getMessage()), e);
    }
  }

  private static int[] formats(Message message) {
    int[] formats = new int[message.uint16()];
    for (int i = 0; i < formats.length; i++) {
      formats[i] = message.uint16();
      if (formats[i] > Responses.BINARY) {
        throw new AskException(
            SqlState.INVALID_PARAMETER_VALUE, "unsupported format code: " + formats[i]);
      }
    }
    return formats;
  }

  private static int format(int[] formats, int index) {
    return formats.length == 0 ? 0 : formats[formats.length == 1 ? 0 : index];
  }

  private static void checkFormats(String what, int[] formats, int wanted) {
    if (formats.length > 1 && formats.length != wanted) {
      throw new AskException(
          SqlState.PROTOCOL_VIOLATION,
          "bind message has %d %s formats but %d %ss"
              .formatted(formats.length, what, wanted, what));
    }
  }

  void describe(Message message) {
    int what = message.uint8();
    String name = message.text();
    message.end();
    switch (what) {
      case 'S' -> {
        Prepared prepared = conversation.statement(name);
        conversation.checkMayDescribe(prepared);
        List<Column> columns = prepared.describe();
        responses.parameterDescription(prepared.parameterTypes());
        describe(columns, new int[0]);
      }
      case 'P' -> {
        Portal portal = conversation.portals().get(name);
        conversation.checkMayDescribe(portal.prepared());
        try {
          describe(portal.describe(), portal.formats());
        } catch (AskException e) {
          portal.finish();
          throw e;
        }
      }
      default -> throw unknown("DESCRIBE", what);
    }
  }

  private void describe(List<Column> columns, int[] formats) {
    if (columns.isEmpty()) {
      responses.bare('n');
    } else {
      responses.rowDescription(columns, formats);
    }
  }

  void execute(Message message) {
    String name = message.text();
    int maxRows = message.int32();
    message.end();
    Portal portal = conversation.portals().get(name);
    if (portal.isEmpty()) {
      responses.bare('I');
      return;
    }
    conversation.checkMayRun(portal.plan());
    if (portal.isDone() && portal.columns().isEmpty()) {
      throw new AskException(
          SqlState.INVALID_CURSOR_STATE, "portal \"%s\" cannot be run".formatted(name));
    }
    try {
      conversation.execute(portal, Math.max(0, maxRows));
    } catch (AskException e) {
      portal.finish();
      throw e;
    }
  }

  /** Closing what is not there is no error. */
  void close(Message message) {
    int what = message.uint8();
    String name = message.text();
    message.end();
    switch (what) {
      case 'S' -> conversation.closeStatement(name);
      case 'P' -> conversation.portals().close(name);
      default -> throw unknown("CLOSE", what);
    }
    responses.bare('3');
  }

  private static AskException unknown(String message, int what) {
    return new AskException(
        SqlState.PROTOCOL_VIOLATION, "invalid %s message subtype %d".formatted(message, what));
  }
}
