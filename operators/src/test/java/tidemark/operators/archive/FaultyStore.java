package tidemark.operators.archive;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.LimitedConnectionsFileSystem;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * An object store of scheme {@code faulty}, in a folder: refuses what it is told to, half way, and
 * holds uploads back. One in a JVM at a time.
 */
public final class FaultyStore implements FileSystemFactory {
  private static final AtomicInteger TO_FAIL = new AtomicInteger();
  private static final AtomicInteger OPEN = new AtomicInteger();
  private static final AtomicInteger MOST_OPEN = new AtomicInteger();
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  static void reset() {
    TO_FAIL.set(0);
    MOST_OPEN.set(0);
    gate = new CountDownLatch(0);
  }

  static void failNext(int uploads) {
    TO_FAIL.set(uploads);
  }

  static void holdBack() {
    gate = new CountDownLatch(1);
  }

  static void letGo() {
    gate.countDown();
  }

  static int open() {
    return OPEN.get();
  }

  static int mostOpen() {
    return MOST_OPEN.get();
  }

  static List<Path> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return new ArrayList<>();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem create(URI address) {
    return new Store();
  }

  private static final class Store extends LimitedConnectionsFileSystem {
    Store() {
      super(new LocalFileSystem(), 1_000);
    }

    @Override
    public FSDataOutputStream create(org.apache.flink.core.fs.Path path, WriteMode mode)
        throws IOException {
      FSDataOutputStream out = super.create(path, mode);
      MOST_OPEN.accumulateAndGet(OPEN.incrementAndGet(), Math::max);
      return new FaultyStream(out, TO_FAIL.getAndUpdate(left -> Math.max(0, left - 1)) > 0);
    }
  }

  private static final class FaultyStream extends FSDataOutputStream {
    private final FSDataOutputStream out;
    private final boolean isFaulty;
    private boolean isClosed;

    FaultyStream(FSDataOutputStream out, boolean isFaulty) {
      this.out = out;
      this.isFaulty = isFaulty;
    }

    @Override
    public void write(int oneByte) throws IOException {
      out.write(oneByte);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      await();
      if (isFaulty) {
        out.write(bytes, offset, length / 2);
        throw new IOException("503 Slow Down");
      }
      out.write(bytes, offset, length);
    }

    private static void await() throws IOException {
      try {
        if (!gate.await(1, TimeUnit.MINUTES)) {
          throw new AssertionError("the test does not let go");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }

    @Override
    public long getPos() throws IOException {
      return out.getPos();
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void sync() throws IOException {
      out.sync();
    }

    @Override
    public void close() throws IOException {
      if (!isClosed) {
        isClosed = true;
        OPEN.decrementAndGet();
        out.close();
      }
    }
  }
}
