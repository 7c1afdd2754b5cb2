package tidemark.gateway.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tidemark.gateway.ask.SqlState;

/**
 * What comes before the login: requests for encryption, a request to cancel something, or the
 * startup message. Each is a length, a code and, in the startup message, texts in pairs up to an
 * empty one.
 */
final class Startup {
  static final int PROTOCOL_3_0 = 3 << 16;

  private static final int MAX_PACKET_BYTES = 10_000;
  private static final int CANCEL_REQUEST = 80877102;
  private static final int SSL_REQUEST = 80877103;
  private static final int GSS_REQUEST = 80877104;

  private final Channel channel;
  private final PostgresTls tls;
  private final int timeoutMs;
  private boolean hasAskedForTls;
  private boolean hasAskedForGss;

  Startup(Channel channel, PostgresTls tls, int timeoutMs) {
    this.channel = channel;
    this.tls = tls;
    this.timeoutMs = timeoutMs;
  }

  /** What the client came for. */
  sealed interface Purpose {}

  /** To end what another connection runs; no answer is sent. */
  record Cancel(int processId, int secret) implements Purpose {}

  /**
   * To log in.
   *
   * @param parameters of the startup message, in its order
   * @param isNegotiated whether the client asked for more than protocol 3.0 without options
   * @param unknownOptions of the protocol
   */
  record Request(Map<String, String> parameters, boolean isNegotiated, List<String> unknownOptions)
      implements Purpose {
    String parameter(String name) {
      return parameters.getOrDefault(name, "");
    }
  }

  Purpose purpose() {
    while (true) {
      Message message = channel.reader().startup(MAX_PACKET_BYTES);
      int code = message.int32();
      switch (code) {
        case CANCEL_REQUEST -> {
          Cancel cancel = new Cancel(message.int32(), message.int32());
          message.end();
          return cancel;
        }
        case SSL_REQUEST -> {
          message.end();
          answerTls();
        }
        case GSS_REQUEST -> {
          message.end();
          answerGss();
        }
        default -> {
          return request(code, message);
        }
      }
    }
  }

  private void answerGss() {
    if (hasAskedForGss || channel.isEncrypted()) {
      throw repeated();
    }
    hasAskedForGss = true;
    refuseEarlyBytes();
    channel.sendByte('N');
  }

  private void answerTls() {
    if (hasAskedForTls) {
      throw repeated();
    }
    hasAskedForTls = true;
    refuseEarlyBytes();
    if (tls instanceof PostgresTls.Offered offered) {
      channel.sendByte('S');
      channel.encrypt(offered.context(), timeoutMs);
    } else if (tls instanceof PostgresTls.Required required) {
      channel.sendByte('S');
      channel.encrypt(required.context(), timeoutMs);
    } else {
      channel.sendByte('N');
    }
  }

  /** A client waits for the answer; bytes that came before it are someone else's. */
  private void refuseEarlyBytes() {
    if (channel.hasUnreadBytes()) {
      throw new FatalException(
          SqlState.PROTOCOL_VIOLATION, "received unencrypted data after a request for encryption");
    }
  }

  private static FatalException repeated() {
    return new FatalException(
        SqlState.PROTOCOL_VIOLATION, "encryption must be asked for once, before the login");
  }

  private static Request request(int version, Message message) {
    if (version >>> 16 != 3) {
      throw new FatalException(
          SqlState.FEATURE_NOT_SUPPORTED,
          "unsupported frontend protocol %d.%d: server supports 3.0 to 3.0"
              .formatted(version >>> 16, version & 0xffff));
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    List<String> unknownOptions = new ArrayList<>();
    String name = message.text();
    while (!name.isEmpty()) {
      String value = message.text();
      if (name.startsWith("_pq_.")) {
        unknownOptions.add(name);
      } else {
        parameters.put(name, value);
      }
      name = message.text();
    }
    message.end();
    boolean isNegotiated = version != PROTOCOL_3_0 || !unknownOptions.isEmpty();
    return new Request(parameters, isNegotiated, unknownOptions);
  }
}
