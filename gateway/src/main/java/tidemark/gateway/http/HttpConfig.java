package tidemark.gateway.http;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Where the server listens and what it bears.
 *
 * @param address for SQL
 * @param operatorsAddress for {@code /healthz} and {@code /metrics}, which ask for no password and
 *     speak no TLS there; the same as address: one server for all
 * @param maxQueries requests for SQL that are served at once; more get 429
 * @param maxBodyBytes of a request
 * @param requestTimeout for a client to send a request: head and body each
 * @param writeTimeout for a client to take 64 KiB of an answer
 * @param proofLife how long a proved password is remembered, in memory and as a keyed hash
 */
public record HttpConfig(
    InetSocketAddress address,
    InetSocketAddress operatorsAddress,
    int maxQueries,
    int maxBodyBytes,
    Duration requestTimeout,
    Duration writeTimeout,
    Duration proofLife) {

  public HttpConfig {
    if (maxQueries < 1 || maxBodyBytes < 1) {
      throw new IllegalArgumentException(
          "queries at once and bytes of a body must be at least 1, got %d and %d"
              .formatted(maxQueries, maxBodyBytes));
    }
    if (!isAboveZero(requestTimeout) || !isAboveZero(writeTimeout) || proofLife.isNegative()) {
      throw new IllegalArgumentException(
          "times must be above zero, got %s for a request, %s for a write, %s for a proof"
              .formatted(requestTimeout, writeTimeout, proofLife));
    }
  }

  /** One server for all at an address. */
  public static HttpConfig at(InetSocketAddress address) {
    return new HttpConfig(
        address,
        address,
        64,
        1 << 20,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofMinutes(1));
  }

  /** The same, with health and metrics elsewhere. */
  public HttpConfig withOperatorsAt(InetSocketAddress other) {
    return new HttpConfig(
        address, other, maxQueries, maxBodyBytes, requestTimeout, writeTimeout, proofLife);
  }

  /** The same, with other times. */
  public HttpConfig withTimeouts(Duration request, Duration write) {
    return new HttpConfig(
        address, operatorsAddress, maxQueries, maxBodyBytes, request, write, proofLife);
  }

  private static boolean isAboveZero(Duration time) {
    return !time.isNegative() && !time.isZero();
  }
}
