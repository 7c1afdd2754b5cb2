package tidemark.gateway.ask;

import java.util.Optional;

/** The gateway as its protocols see it. Thread-safe. */
public interface Gateway {
  /**
   * What proves a user's password, if there is such a user. Protocols that need a verifier for an
   * unknown user make one up, so that an answer does not tell who exists.
   */
  Optional<ScramVerifier> verifier(String user);

  /**
   * Begins a session of a user whose password was proved.
   *
   * @throws AskException if there is no such user or it has too many sessions
   */
  Session open(String user, Origin origin);
}
