package tidemark.gateway;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Turns locations of a table into paths on this machine: {@code file:} as it is, {@code s3:} (also
 * s3a, s3n) through the {@link FileCache}, and so what lies outside of the own warehouse. No S3
 * client exists until a location asks for it.
 *
 * <p>Thread-safe. Owns {@link #FETCHES} threads while it downloads.
 */
public final class FileAccess implements AutoCloseable {
  /** Downloads at a time: enough to fill a link with files of a few MB. */
  private static final int FETCHES = 16;

  private final GatewayConfig config;
  private Remote remote;

  private record Remote(ObjectSource source, FileCache cache) {}

  public FileAccess(GatewayConfig config) {
    this.config = config;
  }

  public static boolean isLocal(String location) {
    return location.startsWith("file:") || location.startsWith("/");
  }

  /** Where one file of known size lies on this machine, fetched if it has to be. */
  Path fetch(String location, long sizeBytes) {
    return isInPlace(location) ? localPath(location) : remote().cache().fetch(location, sizeBytes);
  }

  /** The engine opens files of the own warehouse and of the cache, and nothing else. */
  private boolean isInPlace(String location) {
    return isLocal(location)
        && (config.alsoRead().isEmpty()
            || (isLocal(config.warehouse())
                && localPath(location).normalize().startsWith(localPath(config.warehouse()))));
  }

  /** All of a small object that is not worth a copy on disk. */
  byte[] readRemote(String location) {
    return remote().source().read(location);
  }

  /** Local paths in the order of the files; downloads what is missing in parallel. */
  public List<Path> fetchAll(List<StoredFile> files) {
    if (files.stream().allMatch(file -> isInPlace(file.location()))) {
      return files.stream().map(file -> localPath(file.location())).toList();
    }
    ExecutorService fetches = Executors.newFixedThreadPool(Math.min(FETCHES, files.size()));
    try {
      List<CompletableFuture<Path>> pending = new ArrayList<>(files.size());
      for (StoredFile file : files) {
        pending.add(
            CompletableFuture.supplyAsync(() -> fetch(file.location(), file.sizeBytes()), fetches));
      }
      List<Path> paths = pending.stream().map(FileAccess::join).toList();
      remote().cache().shrink();
      return paths;
    } finally {
      fetches.shutdownNow();
    }
  }

  /**
   * For who lives long and fetches anew for each query: copies that it fetched may go when nobody
   * has used them for {@link FileCache#IN_USE}.
   */
  public synchronized void letGo() {
    if (remote != null) {
      remote.cache().letGo();
    }
  }

  private static Path join(CompletableFuture<Path> pending) {
    try {
      return pending.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Iceberg's locations are not URL-encoded: what follows the scheme is the path. */
  public static Path localPath(String location) {
    return Path.of(location.startsWith("file:") ? location.substring(5) : location);
  }

  private synchronized Remote remote() {
    if (remote == null) {
      ObjectSource source = new AnyObjectSource(config);
      FileCache cache =
          new FileCache(
              config.cacheDirectory(), config.cacheSizeBytes(), source, Clock.systemUTC());
      remote = new Remote(source, cache);
    }
    return remote;
  }

  @Override
  public synchronized void close() {
    if (remote != null) {
      remote.source().close();
      remote = null;
    }
  }
}
