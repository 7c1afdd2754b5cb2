package tidemark.cli.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * One command at a time changes a run directory. The system frees the lock when its holder dies.
 *
 * <p>Not reentrant, and for one thread of a JVM at a time: closing any channel of a file frees the
 * locks that the whole process has on it.
 */
public final class RunLock implements AutoCloseable {
  private final FileChannel channel;
  private final FileLock lock;

  private RunLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /** Waits for the lock of this file. */
  public static RunLock acquire(Path file, Waiting waiting) {
    return waiting.forAnswer(
        "another tidemark command on " + file.getParent(), List.of(), () -> tryAcquire(file));
  }

  /** The lock of this file, unless somebody has it. */
  public static Optional<RunLock> tryAcquire(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(new RunLock(channel, lock));
    } catch (IOException e) {
      throw new ProcessFailedException("cannot lock " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      lock.release();
      channel.close();
    } catch (IOException e) {
      throw new ProcessFailedException("cannot release a lock: " + e.getMessage(), e);
    }
  }
}
