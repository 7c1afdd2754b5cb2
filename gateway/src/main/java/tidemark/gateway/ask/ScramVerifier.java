package tidemark.gateway.ask;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What proves a password and does not tell it: SCRAM-SHA-256 of RFC 5802 and RFC 7677, in the text
 * form that PostgreSQL keeps, {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>},
 * the last three in base64.
 *
 * <p>Immutable. Checking a password costs one PBKDF2, some milliseconds, by intent.
 */
public final class ScramVerifier {
  /** Of verifiers made here; the least that RFC 7677 allows. */
  public static final int ITERATIONS = 4096;

  private static final int SALT_BYTES = 16;
  private static final int KEY_BYTES = 32;
  private static final int MAX_ITERATIONS = 1_000_000;
  private static final Pattern TEXT =
      Pattern.compile("SCRAM-SHA-256\\$(\\d{1,7}):([^$:]+)\\$([^$:]+):([^$:]+)");

  private final int iterations;
  private final byte[] salt;
  private final byte[] storedKey;
  private final byte[] serverKey;

  private ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
    this.iterations = iterations;
    this.salt = salt.clone();
    this.storedKey = storedKey.clone();
    this.serverKey = serverKey.clone();
  }

  /** A verifier of a password with fresh salt. */
  public static ScramVerifier ofPassword(String password, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return ofPassword(password, salt, ITERATIONS);
  }

  private static ScramVerifier ofPassword(String password, byte[] salt, int iterations) {
    byte[] salted = pbkdf2(password, salt, iterations);
    byte[] storedKey = Sha256.hash(Sha256.hmac(salted, "Client Key"));
    return new ScramVerifier(iterations, salt, storedKey, Sha256.hmac(salted, "Server Key"));
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat it
   */
  public static ScramVerifier parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a secret must be SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey");
    }
    int iterations = Integer.parseInt(matcher.group(1));
    if (iterations < ITERATIONS || iterations > MAX_ITERATIONS) {
      throw new IllegalArgumentException(
          "iterations of a secret must be %d to %d, got %d"
              .formatted(ITERATIONS, MAX_ITERATIONS, iterations));
    }
    Base64.Decoder base64 = Base64.getDecoder();
    return new ScramVerifier(
        iterations,
        base64.decode(matcher.group(2)),
        key(base64.decode(matcher.group(3))),
        key(base64.decode(matcher.group(4))));
  }

  private static byte[] key(byte[] decoded) {
    if (decoded.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "keys of a secret must have %d bytes, got %d".formatted(KEY_BYTES, decoded.length));
    }
    return decoded;
  }

  /** The text form. */
  public String text() {
    Base64.Encoder base64 = Base64.getEncoder();
    return "SCRAM-SHA-256$%d:%s$%s:%s"
        .formatted(
            iterations,
            base64.encodeToString(salt),
            base64.encodeToString(storedKey),
            base64.encodeToString(serverKey));
  }

  /** Whether it is the password, in a time that does not tell how far it is right. */
  public boolean proves(String password) {
    return MessageDigest.isEqual(storedKey, ofPassword(password, salt, iterations).storedKey);
  }

  public int iterations() {
    return iterations;
  }

  public byte[] salt() {
    return salt.clone();
  }

  public byte[] storedKey() {
    return storedKey.clone();
  }

  public byte[] serverKey() {
    return serverKey.clone();
  }

  private static byte[] pbkdf2(String password, byte[] salt, int iterations) {
    try {
      PBEKeySpec key = new PBEKeySpec(password.toCharArray(), salt, iterations, 256);
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(key).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has PBKDF2", e);
    }
  }

  /** Says nothing that could be tried offline. */
  @Override
  public String toString() {
    return "ScramVerifier[iterations=" + iterations + "]";
  }
}
