package tidemark.gateway.postgres;

import javax.net.ssl.SSLContext;

/** Whether connections are encrypted, and with which certificate. */
public sealed interface PostgresTls {
  /** No TLS: a client that asks for it is told no. */
  record Off() implements PostgresTls {}

  /** For clients that ask for it. */
  record Offered(SSLContext context) implements PostgresTls {}

  /** Clients that do not ask for it may not log in. */
  record Required(SSLContext context) implements PostgresTls {}
}
