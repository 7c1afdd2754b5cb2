package tidemark.operators.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.apache.iceberg.util.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends sealed files from the local disk to where they stay: two at a time, while at most two more
 * wait; then {@link #add} waits. What the store does not take is sent again from its beginning and
 * under another name, after pauses of 0.2 s to 20 s that double and differ by chance, for a limited
 * time. So one task holds at most four sealed files on disk, and 1 MB of heap for each of the two
 * that are sent, beside what Flink's file system takes (S3A: parts of a file, on disk by default).
 *
 * <p>Used by one thread; its own threads end with {@link #close}.
 */
final class Uploads implements Closeable {
  static final int AT_ONCE = 2;
  static final int WAITING = 2;

  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
  private static final int COPY_BYTES = 1 << 20;
  private static final int MANY = 1_000_000; // the time is the limit
  private static final long FIRST_RETRY_MS = 200;
  private static final long LONGEST_RETRY_MS = 20_000;
  private static final int PREFIX_DIGITS = 4;
  private static final long END_LIMIT_S = 10;

  private final String folder;
  private final long retryForMs;
  private final Counter retries;
  private final ExecutorService threads;
  private final Semaphore places = new Semaphore(AT_ONCE + WAITING);
  private final Deque<Future<SealedFile>> files = new ArrayDeque<>();

  /**
   * @param folder that the files come to stand in, without a slash at its end
   * @param retryForMs how long one is sent again
   * @param retries counts attempts in vain; must be safe for several threads
   */
  Uploads(String folder, long retryForMs, Counter retries) {
    this.folder = folder;
    this.retryForMs = retryForMs;
    this.retries = retries;
    threads =
        Executors.newFixedThreadPool(AT_ONCE, new ExecutorThreadFactory("tidemark-archive-upload"));
  }

  /**
   * Takes a file over; it is deleted once it is sent. Waits while there are too many.
   *
   * @throws IOException if one before could not be sent
   */
  void add(java.nio.file.Path spool, String topic, long sealedAtMs, List<SealedPart> parts)
      throws IOException {
    failFast();
    try {
      places.acquire();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    files.add(
        threads.submit(
            () -> {
              try {
                return send(spool, topic, sealedAtMs, parts);
              } finally {
                Files.deleteIfExists(spool);
                places.release();
              }
            }));
  }

  private void failFast() throws IOException {
    for (Future<SealedFile> file : files) {
      if (file.isDone()) {
        result(file);
      }
    }
  }

  /** Waits until all are sent; in the order in which they came. */
  List<SealedFile> awaitAll() throws IOException {
    List<SealedFile> sent = new ArrayList<>();
    while (!files.isEmpty()) {
      sent.add(result(files.peek()));
      files.remove();
    }
    return sent;
  }

  private static SealedFile result(Future<SealedFile> file) throws IOException {
    try {
      return file.get();
    } catch (ExecutionException e) {
      throw new IOException(
          "a file of the archive could not be sent: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException interrupted = new InterruptedIOException("the task is being cancelled");
    interrupted.initCause(cause);
    return interrupted;
  }

  private SealedFile send(
      java.nio.file.Path spool, String topic, long sealedAtMs, List<SealedPart> parts)
      throws IOException {
    SealedFile[] sent = new SealedFile[1];
    int[] attempts = new int[1];
    Tasks.foreach(List.of(spool)) // a path alone is a sequence of names
        .retry(MANY)
        .exponentialBackoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, retryForMs, 2.0)
        .onlyRetryOn(IOException.class, UncheckedIOException.class)
        .run(
            file -> {
              if (attempts[0]++ > 0) {
                retries.inc();
              }
              String location = newLocation(topic);
              sent[0] = new SealedFile(location, copy(file, location), sealedAtMs, parts);
            },
            IOException.class);
    return sent[0];
  }

  /** Names begin differently, so that a store which splits its keys by range spreads the load. */
  private String newLocation(String topic) {
    String name = UUID.randomUUID().toString();
    return "%s/%s/%s/%s.tma".formatted(folder, name.substring(0, PREFIX_DIGITS), topic, name);
  }

  private static long copy(java.nio.file.Path file, String location) throws IOException {
    Path target = new Path(location);
    FileSystem store = target.getFileSystem();
    boolean isWhole = false;
    long bytes = 0;
    try (InputStream in = Files.newInputStream(file);
        FSDataOutputStream out = store.create(target, FileSystem.WriteMode.NO_OVERWRITE)) {
      byte[] buffer = new byte[COPY_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        bytes += read;
      }
      out.close(); // an object store takes or refuses it here
      isWhole = true;
    } finally {
      if (!isWhole) {
        forget(store, target);
      }
    }
    return bytes;
  }

  /** Nobody will ever name what is left of an attempt. */
  private static void forget(FileSystem store, Path target) {
    try {
      store.delete(target, false);
    } catch (IOException e) {
      LOG.warn("{} was not sent whole and could not be deleted", target, e);
    }
  }

  /** Sends nothing more; what is not sent yet is forgotten. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(END_LIMIT_S, TimeUnit.SECONDS)) {
        LOG.warn("a file is still being sent to {} and will be nobody's", folder);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
