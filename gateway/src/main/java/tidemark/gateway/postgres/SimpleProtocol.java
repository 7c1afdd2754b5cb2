package tidemark.gateway.postgres;

import java.util.List;
import java.util.Optional;
import tidemark.gateway.ask.AskException;

/** Query strings: statements run in order, text results, the first error ends the string. */
final class SimpleProtocol {
  private static final int[] TEXT = {};
  private static final int[] NO_TYPES = {};

  private final Conversation conversation;

  SimpleProtocol(Conversation conversation) {
    this.conversation = conversation;
  }

  void query(Message message) {
    String sql = message.text();
    message.end();
    // As in PostgreSQL, a query string ends what was begun without a name.
    conversation.portals().close("");
    conversation.closeStatement("");
    StatementSplitter splitter = new StatementSplitter(sql);
    Optional<StatementSplitter.Piece> next = splitter.next();
    if (next.isEmpty()) {
      conversation.responses().bare('I');
    }
    for (; next.isPresent(); next = splitter.next()) {
      StatementSplitter.Piece piece = next.get();
      try {
        run(piece.sql());
      } catch (AskException e) {
        throw e.position().isEmpty() ? e : e.at(e.position().getAsInt() + piece.offset());
      }
    }
  }

  private void run(String sql) {
    Prepared prepared = new Prepared(conversation.plan(sql), NO_TYPES, 0, conversation.budget(), 0);
    try {
      Portal portal =
          new Portal(prepared, prepared.arguments(List.of()), 0, TEXT, Portal.Life.TRANSACTION);
      try {
        portal.start();
        if (!portal.columns().isEmpty()) {
          conversation.responses().rowDescription(portal.columns(), TEXT);
        }
        conversation.execute(portal, 0);
      } finally {
        portal.close();
      }
    } finally {
      prepared.release();
    }
    conversation.endImplicitTransaction();
  }
}
