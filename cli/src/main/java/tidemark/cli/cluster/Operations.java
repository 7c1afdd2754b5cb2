package tidemark.cli.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import tidemark.cli.process.RunEndingException;
import tidemark.cli.process.RunLock;
import tidemark.cli.process.Waiting;

/**
 * Who may change a run, one at a time: threads of this process by a lock in memory, other commands
 * by the lock file.
 *
 * <p>A thread that has {@link #takeOver taken over} is the only one that may go on: operations of
 * other threads end at their next look, and new ones do not begin. So Ctrl-C during a start leads
 * to an orderly end and not to two threads at cross purposes.
 */
final class Operations {
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration LOCK_LIMIT = Duration.ofMinutes(3);

  private final ReentrantLock lock = new ReentrantLock();
  private final Path lockFile;
  private volatile Thread owner;

  Operations(Path lockFile) {
    this.lockFile = lockFile;
  }

  void takeOver() {
    owner = Thread.currentThread();
  }

  /** Runs with the run to itself; nested calls are part of the outer one. */
  <T> T alone(Supplier<T> operation) {
    Thread self = Thread.currentThread();
    requireOwner(self);
    lock.lock();
    try {
      requireOwner(self);
      if (lock.getHoldCount() > 1) {
        return operation.get();
      }
      try (RunLock held = RunLock.acquire(lockFile, waiting(LOCK_LIMIT))) {
        return operation.get();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A wait of the calling thread's operation; threads that it starts may wait by it too. */
  Waiting waiting(Duration limit) {
    Thread self = Thread.currentThread();
    return new Waiting(limit, PAUSE, () -> requireOwner(self));
  }

  private void requireOwner(Thread self) {
    Thread current = owner;
    if (current != null && current != self) {
      throw new RunEndingException();
    }
  }
}
