package tidemark.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.Gateway;
import tidemark.gateway.ask.Origin;
import tidemark.gateway.ask.ScramVerifier;
import tidemark.gateway.ask.Session;

class PasswordsTest {
  private final Map<String, ScramVerifier> verifiers = new ConcurrentHashMap<>();
  private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 10);
  private final Passwords passwords =
      new Passwords(
          new Gateway() {
            @Override
            public Optional<ScramVerifier> verifier(String user) {
              return Optional.ofNullable(verifiers.get(user));
            }

            @Override
            public Session open(String user, Origin origin) {
              throw new AssertionError("nobody opens a session here");
            }
          },
          Duration.ofSeconds(60),
          nanoTime::get);

  private void add(String user, String password) {
    verifiers.put(user, ScramVerifier.ofPassword(password, new SecureRandom()));
  }

  @Test
  void onlyRightPasswordsAreKeptAndForAWhile() {
    add("alice", "pencil");
    assertThat(passwords.proves("alice", "eraser")).isFalse();
    assertThat(passwords.proves("nobody", "pencil")).isFalse();
    assertThat(passwords.kept()).isZero();

    assertThat(passwords.proves("alice", "pencil")).isTrue();
    assertThat(passwords.proves("alice", "pencil")).isTrue();
    assertThat(passwords.proves("alice", "eraser")).isFalse();
    assertThat(passwords.kept()).isEqualTo(1);

    nanoTime.addAndGet(Duration.ofSeconds(61).toNanos());
    assertThat(passwords.proves("alice", "eraser")).isFalse();
    assertThat(passwords.proves("alice", "pencil")).isTrue();
    assertThat(passwords.kept()).isEqualTo(1);
  }

  @Test
  void aChangedPasswordOrARemovedUserIsSeenAtOnce() {
    add("alice", "pencil");
    assertThat(passwords.proves("alice", "pencil")).isTrue();
    add("alice", "ruler");
    assertThat(passwords.proves("alice", "pencil")).isFalse();
    assertThat(passwords.proves("alice", "ruler")).isTrue();
    verifiers.clear();
    assertThat(passwords.proves("alice", "ruler")).isFalse();
  }

  @Test
  void whatIsKeptIsBounded() {
    add("alice", "pencil");
    ScramVerifier one = verifiers.get("alice");
    for (int i = 0; i < 1100; i++) {
      verifiers.put("user-" + i, one);
      assertThat(passwords.proves("user-" + i, "pencil")).isTrue();
    }
    assertThat(passwords.kept()).isEqualTo(1024);
  }

  @Test
  void aProofCostsMuchAndAKeptOneLittleAndAnUnknownUserAsMuchAsAKnownOne() {
    add("alice", "pencil");
    long wrong = medianNanos(() -> passwords.proves("alice", "eraser"));
    long unknown = medianNanos(() -> passwords.proves("nobody", "eraser"));
    assertThat(passwords.proves("alice", "pencil")).isTrue();
    long kept = medianNanos(() -> passwords.proves("alice", "pencil"));

    assertThat(kept * 10).isLessThan(wrong);
    assertThat((double) unknown / wrong).isBetween(0.5, 2.0);
  }

  private static long medianNanos(BooleanSupplier call) {
    long[] nanos = new long[51];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      assertThat(call.getAsBoolean()).isIn(true, false);
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }
}
