package tidemark.cli.notify;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Time as the delivery of alerts sees it: it goes by, and it may end. Thread-safe. */
interface Timer {
  /** Only differences mean anything. */
  long nanos();

  /**
   * Returns after that time, or as soon as the work is to end.
   *
   * @return whether the work goes on
   */
  boolean await(Duration time) throws InterruptedException;

  /** Whether the work goes on. */
  boolean goesOn();

  /**
   * The system's time.
   *
   * @param ending is counted down when the work is to end
   */
  static Timer endingWith(CountDownLatch ending) {
    return new Timer() {
      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public boolean await(Duration time) throws InterruptedException {
        return !ending.await(time.toNanos(), TimeUnit.NANOSECONDS);
      }

      @Override
      public boolean goesOn() {
        return ending.getCount() > 0;
      }
    };
  }
}
