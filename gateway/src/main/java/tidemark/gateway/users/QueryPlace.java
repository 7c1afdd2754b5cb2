package tidemark.gateway.users;

import java.util.function.BooleanSupplier;
import tidemark.gateway.ask.AskException;

/** The places of one running query: one of its user's, one of its org's. */
final class QueryPlace {
  private final Turnstile.Place ofUser;
  private final Turnstile.Place ofOrg;

  private QueryPlace(Turnstile.Place ofUser, Turnstile.Place ofOrg) {
    this.ofUser = ofUser;
    this.ofOrg = ofOrg;
  }

  static QueryPlace enter(LimitedSession session, User user, long cancelsBefore)
      throws LimitedQuery.NotStarted {
    LimitedGateway gateway = session.gateway();
    LimitsConfig config = gateway.config();
    BooleanSupplier isCancelled = () -> session.cancels() != cancelsBefore;
    Turnstile.Place ofUser = null;
    try {
      ofUser =
          gateway
              .userPlaces()
              .enter(user.name(), user.limits().maxQueries(), config.queueWait(), isCancelled);
      return new QueryPlace(
          ofUser,
          gateway
              .orgPlaces()
              .enter(session.org(), config.maxQueriesPerOrg(), config.queueWait(), isCancelled));
    } catch (AskException e) {
      if (ofUser != null) {
        ofUser.close();
      }
      throw new LimitedQuery.NotStarted(e);
    }
  }

  void close() {
    ofOrg.close();
    ofUser.close();
  }
}
