package tidemark.operators.replay;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.metrics.Counter;
import org.apache.iceberg.util.Tasks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.serde.archive.SeekableInput;

/**
 * A file through Flink's file systems. What the store does not answer is asked again after 0.2 s,
 * 0.4 s and so on up to 10 s, and counted; a file that is not there, or ends too early, is not.
 */
final class StoreInput implements SeekableInput {
  private static final Logger LOG = LoggerFactory.getLogger(StoreInput.class);
  private static final int MANY = 1_000;
  private static final long FIRST_RETRY_MS = 200;
  private static final long LONGEST_RETRY_MS = 10_000;

  private final String location;
  private final long size;
  private final long retryForMs;
  private final Counter retries;
  private FSDataInputStream stream; // null while not open

  /**
   * @param retries counts each attempt that failed
   */
  StoreInput(String location, long size, long retryForMs, Counter retries) {
    this.location = location;
    this.size = size;
    this.retryForMs = retryForMs;
    this.retries = retries;
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void readFully(long position, byte[] into, int start, int length) throws IOException {
    Tasks.foreach(position)
        .retry(MANY)
        .exponentialBackoff(FIRST_RETRY_MS, LONGEST_RETRY_MS, retryForMs, 2.0)
        .shouldRetryTest(StoreInput::mayPass)
        .throwFailureWhenFinished()
        .run(at -> tryRead(at, into, start, length), IOException.class);
  }

  private static boolean mayPass(Exception failure) {
    return failure instanceof IOException
        && !(failure instanceof EOFException)
        && !(failure instanceof FileNotFoundException)
        && !(failure instanceof InterruptedIOException);
  }

  private void tryRead(long position, byte[] into, int start, int length) throws IOException {
    try {
      if (stream == null) {
        Path path = new Path(location);
        stream = path.getFileSystem().open(path);
      }
      stream.seek(position);
      int read = 0;
      while (read < length) {
        int more = stream.read(into, start + read, length - read);
        if (more < 0) {
          throw new EOFException(
              "%s ends at %d, wanted bytes up to %d"
                  .formatted(location, position + read, position + length));
        }
        read += more;
      }
    } catch (IOException e) {
      retries.inc();
      LOG.warn("{} could not be read at {}: {}", location, position, e.toString());
      abandon();
      throw e;
    }
  }

  /** What is broken need not end well: the next attempt opens another. */
  private void abandon() {
    FSDataInputStream broken = stream;
    stream = null;
    if (broken != null) {
      try {
        broken.close();
      } catch (IOException e) {
        LOG.debug("{} could not be closed", location, e);
      }
    }
  }

  @Override
  public void close() throws IOException {
    FSDataInputStream closing = stream;
    stream = null;
    if (closing != null) {
      closing.close();
    }
  }
}
