package tidemark.gateway.postgres;

import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.Session;

/**
 * A user whose password was proved.
 *
 * @param processId of the connection, as the client knows it
 */
record Login(Gateway gateway, String user, Origin origin, int processId) {
  Session open() {
    return gateway.open(user, origin);
  }
}
