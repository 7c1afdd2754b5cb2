package tidemark.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.ScramVerifier;

/**
 * Proves passwords and remembers for a short time that it did, since a proof costs milliseconds and
 * every request brings its password. What is kept is a hash of user, verifier and password under a
 * key of this process: a changed password is a different one at once, and a memory dump tells no
 * password. Only right ones are kept.
 *
 * <p>A user that does not exist takes as long as one that does. Proofs take one processor at most,
 * whatever is tried. Thread-safe.
 */
final class Passwords {
  private static final int MAX_KEPT = 1024;
  private static final String MAC = "HmacSHA256";

  private final Gateway gateway;
  private final long lifeNanos;
  private final LongSupplier nanoTime;
  private final SecretKeySpec key;
  private final ScramVerifier nobody;
  private final Semaphore proofs = new Semaphore(1, true);

  /** When they are forgotten, the oldest use first. */
  private final Map<ByteBuffer, Long> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Long> eldest) {
          return size() > MAX_KEPT;
        }
      };

  Passwords(Gateway gateway, Duration life, LongSupplier nanoTime) {
    this.gateway = gateway;
    this.nanoTime = nanoTime;
    lifeNanos = life.toNanos();
    SecureRandom random = new SecureRandom();
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    key = new SecretKeySpec(bytes, MAC);
    random.nextBytes(bytes);
    nobody = ScramVerifier.ofPassword(new java.math.BigInteger(1, bytes).toString(36), random);
  }

  boolean proves(String user, String password) {
    Optional<ScramVerifier> known = gateway.verifier(user);
    ScramVerifier verifier = known.orElse(nobody);
    ByteBuffer hash = hash(user, verifier, password);
    if (isKept(hash)) {
      return true;
    }
    proofs.acquireUninterruptibly();
    boolean isProved;
    try {
      isProved = verifier.proves(password) && known.isPresent();
    } finally {
      proofs.release();
    }
    if (isProved) {
      synchronized (kept) {
        kept.put(hash, nanoTime.getAsLong() + lifeNanos);
      }
    }
    return isProved;
  }

  private boolean isKept(ByteBuffer hash) {
    synchronized (kept) {
      Long end = kept.get(hash);
      if (end != null && nanoTime.getAsLong() - end >= 0) {
        kept.remove(hash);
        return false;
      }
      return end != null;
    }
  }

  int kept() {
    synchronized (kept) {
      return kept.size();
    }
  }

  private ByteBuffer hash(String user, ScramVerifier verifier, String password) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(key);
      byte[] name = user.getBytes(UTF_8);
      mac.update(ByteBuffer.allocate(4).putInt(0, name.length));
      mac.update(name);
      mac.update(verifier.text().getBytes(UTF_8));
      mac.update((byte) 0);
      return ByteBuffer.wrap(mac.doFinal(password.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }
}
