package tidemark.gateway.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

class TurnstileTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private static Turnstile.Place enter(Turnstile turnstile, String key, int limit, Duration wait) {
    return turnstile.enter(key, limit, wait, () -> false);
  }

  private static SqlState refusal(Turnstile turnstile, String key, int limit, Duration wait) {
    try {
      enter(turnstile, key, limit, wait).close();
      throw new AssertionError("not refused");
    } catch (AskException e) {
      return e.state();
    }
  }

  @Test
  void refusalsSayWhichLimitWasMet() {
    Turnstile turnstile = new Turnstile("an org", 3, 10);
    Turnstile.Place first = enter(turnstile, "a", 2, LONG);
    Turnstile.Place second = enter(turnstile, "a", 2, LONG);

    assertThat(refusal(turnstile, "a", 2, SHORT)).isEqualTo(SqlState.LIMIT_EXCEEDED);
    Turnstile.Place third = enter(turnstile, "b", 2, LONG);
    assertThat(refusal(turnstile, "b", 2, SHORT)).isEqualTo(SqlState.TOO_MANY_CONNECTIONS);
    assertThat(turnstile.taken()).isEqualTo(3);

    first.close();
    first.close();
    assertThat(turnstile.taken()).isEqualTo(2);
    enter(turnstile, "a", 2, SHORT).close();
    second.close();
    third.close();
    assertThat(turnstile.taken()).isZero();
    assertThat(turnstile.keys()).isZero();
  }

  @Test
  void moreThanMayWaitAreRefusedAtOnce() {
    Turnstile turnstile = new Turnstile("an org", 1, 1);
    Turnstile.Place held = enter(turnstile, "a", 5, LONG);
    Future<Turnstile.Place> waiter = threads.submit(() -> enter(turnstile, "a", 5, LONG));
    Until.holds("one waits", () -> turnstile.waiting() == 1);

    assertThat(refusal(turnstile, "a", 5, LONG)).isEqualTo(SqlState.TOO_MANY_CONNECTIONS);
    held.close();
    Until.holds("the one that waited has it", waiter::isDone);
    assertThat(turnstile.taken()).isEqualTo(1);
  }

  @Test
  void aCancelEndsTheWaiting() {
    Turnstile turnstile = new Turnstile("an org", 1, 10);
    Turnstile.Place held = enter(turnstile, "a", 5, LONG);
    AtomicBoolean isCancelled = new AtomicBoolean();
    Future<Turnstile.Place> waiter =
        threads.submit(() -> turnstile.enter("a", 5, LONG, isCancelled::get));
    Until.holds("one waits", () -> turnstile.waiting() == 1);
    isCancelled.set(true);

    assertThatThrownBy(waiter::get).hasRootCauseMessage("cancelled while waiting for a place");
    assertThat(turnstile.waiting()).isZero();
    held.close();
    assertThat(turnstile.keys()).isZero();
  }

  @Test
  void aKeyWithManyWaitingDoesNotKeepAnotherOut() {
    Turnstile turnstile = new Turnstile("an org", 2, 1000);
    Turnstile.Place first = enter(turnstile, "greedy", 2, LONG);
    Turnstile.Place second = enter(turnstile, "greedy", 2, LONG);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 50; i++) {
      int before = i;
      threads.execute(() -> pass(turnstile, "greedy", order));
      Until.holds("waits", () -> turnstile.waiting() == before + 1);
    }
    for (int i = 0; i < 3; i++) {
      int before = i;
      threads.execute(() -> pass(turnstile, "modest", order));
      Until.holds("waits", () -> turnstile.waiting() == 50 + before + 1);
    }
    first.close();
    Until.holds("all have passed", () -> order.size() == 53);
    second.close();

    // One place is held by greedy all the time, so modest comes first with the other.
    assertThat(order.subList(0, 3)).containsOnly("modest");
  }

  private static void pass(Turnstile turnstile, String key, List<String> order) {
    Turnstile.Place place = enter(turnstile, key, 2, LONG);
    order.add(key);
    place.close();
  }

  @Test
  void noLimitIsEverExceeded() throws Exception {
    long seed = System.nanoTime();
    System.out.println("TurnstileTest seed " + seed);
    Turnstile turnstile = new Turnstile("an org", 5, 1000);
    AtomicInteger inside = new AtomicInteger();
    Map<String, AtomicInteger> insideOf = new ConcurrentHashMap<>();
    List<Future<Integer>> runs = new ArrayList<>();
    for (int thread = 0; thread < 12; thread++) {
      Random random = new Random(seed + thread);
      runs.add(threads.submit(() -> passMany(turnstile, random, inside, insideOf)));
    }
    int passed = 0;
    for (Future<Integer> run : runs) {
      passed += run.get();
    }
    assertThat(passed).isEqualTo(12 * 300);
    assertThat(turnstile.taken()).isZero();
    assertThat(turnstile.keys()).isZero();
  }

  private static int passMany(
      Turnstile turnstile,
      Random random,
      AtomicInteger inside,
      Map<String, AtomicInteger> insideOf) {
    int passed = 0;
    for (int i = 0; i < 300; i++) {
      String key = "org-" + random.nextInt(4);
      AtomicInteger ofKey = insideOf.computeIfAbsent(key, name -> new AtomicInteger());
      try (Turnstile.Place place = enter(turnstile, key, 2, LONG)) {
        assertThat(place).isNotNull();
        assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(5);
        assertThat(ofKey.incrementAndGet()).isLessThanOrEqualTo(2);
        ofKey.decrementAndGet();
        inside.decrementAndGet();
        passed++;
      }
    }
    return passed;
  }
}
