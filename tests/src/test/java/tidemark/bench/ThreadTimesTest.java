package tidemark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

  /** Whichever of its collectors the virtual machine has chosen. */
  @Test
  void collectionsAreTheCollectorsTime() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self/task")));
    ThreadTimes before = ThreadTimes.now();
    long endNanos = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    double seconds = 0;
    while (seconds < 0.1) { // of ticks of 10 ms
      System.gc();
      seconds = ThreadTimes.now().since(before).collectorSeconds();
      assertThat(System.nanoTime()).as("collected for %s s", seconds).isLessThan(endNanos);
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
