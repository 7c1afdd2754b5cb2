package tidemark.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Looks at threads while others of them end. */
class ThreadTimesTest {
  private static final int LOOKS = 600;

  @Test
  void threadsThatEndMeanwhileAreLeftOut() throws InterruptedException {
    AtomicBoolean ended = new AtomicBoolean();
    Thread starter = new Thread(() -> startAndEndThreads(ended), "starter");
    starter.start();
    try {
      for (int look = 0; look < LOOKS; look++) {
        assertThat(ThreadTimes.now().seconds()).isNotNull();
      }
    } finally {
      ended.set(true);
      starter.join();
    }
  }

  private static void startAndEndThreads(AtomicBoolean ended) {
    while (!ended.get()) {
      for (int thread = 0; thread < 100; thread++) {
        new Thread(() -> {}, "short").start();
      }
    }
  }
}
