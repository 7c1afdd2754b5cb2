package tidemark.gateway.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Sha256;
import tidemark.gateway.ask.SqlState;

/**
 * Lets a client prove its password. For a user who does not exist the whole exchange runs with a
 * verifier made from a secret of this process and the name, the same each time, so that neither
 * answers nor their time tell who exists.
 */
final class ScramLogin {
  private static final int MAX_MESSAGE_BYTES = 16 << 10;
  private static final int SASL_CONTINUE = 11;
  private static final int SASL_FINAL = 12;
  private static final int NULL = -1;
  private static final int SALT_BYTES = 16;
  private static final int SECRET_BYTES = 32;

  private final Gateway gateway;
  private final SecureRandom random;
  private final byte[] secret = new byte[SECRET_BYTES];

  ScramLogin(Gateway gateway, SecureRandom random) {
    this.gateway = gateway;
    this.random = random;
    random.nextBytes(secret);
  }

  /**
   * @throws FatalException unless the client proves the user's password
   */
  void prove(String user, Channel channel) {
    try {
      exchange(user, channel);
    } catch (AskException e) {
      throw new FatalException(e);
    }
  }

  private void exchange(String user, Channel channel) {
    Responses responses = new Responses(channel.writer());
    byte[] binding = binding(channel);
    responses.saslMechanisms(
        binding.length == 0
            ? List.of(ScramExchange.PLAIN)
            : List.of(ScramExchange.PLUS, ScramExchange.PLAIN));
    responses.flush();

    Message initial = password(channel);
    String mechanism = initial.text();
    if (!mechanism.equals(ScramExchange.PLAIN)
        && (binding.length == 0 || !mechanism.equals(ScramExchange.PLUS))) {
      throw new AskException(
          SqlState.PROTOCOL_VIOLATION, "client selected an invalid SASL authentication mechanism");
    }
    int length = initial.int32();
    if (length == NULL) {
      throw new AskException(SqlState.PROTOCOL_VIOLATION, "malformed SCRAM message");
    }
    String clientFirst = Message.utf8(initial.bytes(length));
    initial.end();
    Optional<ScramVerifier> known = gateway.verifier(user);
    ScramVerifier verifier = known.orElseGet(() -> made(user));
    ScramExchange exchange = new ScramExchange(verifier, mechanism, binding, random);
    send(responses, SASL_CONTINUE, exchange.serverFirst(clientFirst));

    String clientFinal = Message.utf8(password(channel).rest());
    boolean isProved = exchange.isProved(clientFinal);
    String serverFinal = exchange.serverFinal(clientFinal);
    if (!isProved || known.isEmpty()) {
      throw new AskException(
          SqlState.WRONG_PASSWORD,
          "password authentication failed for user \"%s\"".formatted(user));
    }
    responses.authentication(SASL_FINAL, utf8(serverFinal));
    responses.authentication(0);
  }

  private static void send(Responses responses, int step, String text) {
    responses.authentication(step, utf8(text));
    responses.flush();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static Message password(Channel channel) {
    Message message;
    try {
      message = channel.reader().next(MAX_MESSAGE_BYTES);
    } catch (MessageReader.OversizedException e) {
      throw e.error();
    }
    if (message.type() != 'p') {
      throw new AskException(
          SqlState.PROTOCOL_VIOLATION,
          "expected SASL response, got message type " + (int) message.type());
    }
    return message;
  }

  private ScramVerifier made(String user) {
    Base64.Encoder base64 = Base64.getEncoder();
    byte[] salt = Arrays.copyOf(Sha256.hmac(secret, "salt " + user), SALT_BYTES);
    return ScramVerifier.parse(
        "SCRAM-SHA-256$%d:%s$%s:%s"
            .formatted(
                ScramVerifier.ITERATIONS,
                base64.encodeToString(salt),
                base64.encodeToString(Sha256.hmac(secret, "stored " + user)),
                base64.encodeToString(Sha256.hmac(secret, "server " + user))));
  }

  /**
   * The hash of the certificate as RFC 5929 wants it for {@code tls-server-end-point}: that of its
   * signature, but no weaker than SHA-256. Empty if there is none, and then nothing is bound.
   */
  private static byte[] binding(Channel channel) {
    if (!(channel.certificate() instanceof X509Certificate certificate)) {
      return new byte[0];
    }
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    int end = algorithm.indexOf("WITH");
    if (end < 0) {
      return new byte[0];
    }
    String hash =
        switch (algorithm.substring(0, end)) {
          case "MD5", "SHA1", "SHA256" -> "SHA-256";
          case "SHA384" -> "SHA-384";
          case "SHA512" -> "SHA-512";
          default -> "";
        };
    try {
      return hash.isEmpty()
          ? new byte[0]
          : MessageDigest.getInstance(hash).digest(certificate.getEncoded());
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("the server's own certificate cannot be hashed", e);
    }
  }
}
