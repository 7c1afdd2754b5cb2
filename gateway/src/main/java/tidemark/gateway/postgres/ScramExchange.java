package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Sha256;
import tidemark.gateway.ask.SqlState;

/**
 * The server's side of one SCRAM-SHA-256 exchange (RFC 5802, RFC 7677): what is answered to the
 * client's two messages. The user name in them counts for nothing; the startup message names the
 * user.
 */
final class ScramExchange {
  static final String PLAIN = "SCRAM-SHA-256";
  static final String PLUS = "SCRAM-SHA-256-PLUS";

  private static final int NONCE_BYTES = 18;
  private static final String BINDING = "p=tls-server-end-point";
  private static final Pattern CLIENT_FIRST =
      Pattern.compile("((n|y|p=[A-Za-z0-9.-]+),([^,]*),)(n=[^,]*,r=([!-+\\--~]+)(?:,.*)?)");
  private static final Pattern CLIENT_FINAL =
      Pattern.compile("(c=([^,]+),r=([^,]+)(?:,[^p].*)?),p=([^,]+)");

  private final ScramVerifier verifier;
  private final String mechanism;
  private final byte[] binding;
  private final String serverNonce;
  private String header;
  private String clientFirst;
  private String serverFirst;
  private String nonce;

  /**
   * @param mechanism that the client chose
   * @param binding the hash of the server's certificate; empty without TLS
   */
  ScramExchange(ScramVerifier verifier, String mechanism, byte[] binding, SecureRandom random) {
    this.verifier = verifier;
    this.mechanism = mechanism;
    this.binding = binding;
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    this.serverNonce = Base64.getEncoder().encodeToString(bytes);
  }

  /** Answers the first message with nonce, salt and iterations. */
  String serverFirst(String message) {
    Matcher matcher = CLIENT_FIRST.matcher(message);
    if (!matcher.matches()) {
      throw malformed();
    }
    if (!matcher.group(3).isEmpty()) {
      throw new AskException(SqlState.FEATURE_NOT_SUPPORTED, "client uses authorization identity");
    }
    checkBinding(matcher.group(2));
    header = matcher.group(1);
    clientFirst = matcher.group(4);
    nonce = matcher.group(5) + serverNonce;
    serverFirst =
        "r=%s,s=%s,i=%d"
            .formatted(
                nonce, Base64.getEncoder().encodeToString(verifier.salt()), verifier.iterations());
    return serverFirst;
  }

  private void checkBinding(String flag) {
    if (mechanism.equals(PLUS) != flag.startsWith("p=")) {
      throw malformed();
    }
    if (flag.startsWith("p=") && !flag.equals(BINDING)) {
      throw new AskException(SqlState.PROTOCOL_VIOLATION, "unsupported SCRAM channel-binding type");
    }
    // The client could bind but believes that the server cannot: someone stands between them.
    if (flag.equals("y") && binding.length > 0) {
      throw new AskException(SqlState.WRONG_USER, "SCRAM channel binding negotiation error");
    }
  }

  /** Whether the last message proves the password. */
  boolean isProved(String message) {
    Matcher matcher = finalMessage(message);
    byte[] header = this.header.getBytes(UTF_8);
    byte[] wanted = new byte[header.length + (mechanism.equals(PLUS) ? binding.length : 0)];
    System.arraycopy(header, 0, wanted, 0, header.length);
    System.arraycopy(binding, 0, wanted, header.length, wanted.length - header.length);
    if (!MessageDigest.isEqual(wanted, base64(matcher.group(2)))) {
      throw new AskException(SqlState.WRONG_USER, "SCRAM channel binding check failed");
    }
    if (!matcher.group(3).equals(nonce)) {
      throw malformed();
    }
    byte[] signature = Sha256.hmac(verifier.storedKey(), authMessage(matcher));
    byte[] proof = base64(matcher.group(4));
    if (proof.length != signature.length) {
      throw malformed();
    }
    byte[] clientKey = new byte[signature.length];
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] = (byte) (proof[i] ^ signature[i]);
    }
    return MessageDigest.isEqual(Sha256.hash(clientKey), verifier.storedKey());
  }

  /** What proves to the client that this server knows its verifier. */
  String serverFinal(String message) {
    byte[] signature = Sha256.hmac(verifier.serverKey(), authMessage(finalMessage(message)));
    return "v=" + Base64.getEncoder().encodeToString(signature);
  }

  private static Matcher finalMessage(String message) {
    Matcher matcher = CLIENT_FINAL.matcher(message);
    if (!matcher.matches()) {
      throw malformed();
    }
    return matcher;
  }

  private String authMessage(Matcher finalMessage) {
    return clientFirst + "," + serverFirst + "," + finalMessage.group(1);
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new AskException(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message", e);
    }
  }

  private static AskException malformed() {
    return new AskException(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message");
  }
}
