package tidemark.serde.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.util.ThreadPools;
import org.junit.jupiter.api.Test;

class IcebergThreadsTest {
  private static final long LIMIT_NANOS = Duration.ofSeconds(30).toNanos();

  @Test
  void theClassesOfAJobGoWithIt() throws Exception {
    WeakReference<ClassLoader> job = runJob(true);
    assertThat(becomes(() -> job.get() == null)).isTrue();
  }

  @Test
  void withoutTheHookTheyStay() throws Exception {
    WeakReference<ClassLoader> job = runJob(false);
    System.gc();
    assertThat(job.get()).isNotNull();
  }

  /** Uses Iceberg's threads in a class loader of their own, as a job does. */
  private static WeakReference<ClassLoader> runJob(boolean isEnded) throws Exception {
    URL[] classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(IcebergThreadsTest::url)
            .toArray(URL[]::new);
    try (URLClassLoader job = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      Class<?> pools = job.loadClass(ThreadPools.class.getName());
      ExecutorService pool = (ExecutorService) pools.getMethod("getWorkerPool").invoke(null);
      pool.submit(() -> {}).get();
      if (isEnded) {
        var end = job.loadClass(IcebergThreads.class.getName()).getDeclaredMethod("end");
        end.setAccessible(true);
        end.invoke(null);
      }
      return new WeakReference<>(job);
    }
  }

  private static URL url(String path) {
    try {
      return new File(path).toURI().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException(path, e);
    }
  }

  private static boolean becomes(BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT_NANOS;
    while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
      System.gc();
      Thread.onSpinWait();
    }
    return condition.getAsBoolean();
  }
}
