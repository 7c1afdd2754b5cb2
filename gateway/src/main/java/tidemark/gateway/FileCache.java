package tidemark.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Copies of remote objects on the local disk. Objects are immutable, so a copy of the right size
 * never goes stale; its name is the hash of the location. Several readers and processes may share
 * the directory: a copy appears by atomic rename, whole or not at all.
 *
 * <p>Bound: {@code limitBytes} on disk, the least recently used go first; but never a copy that
 * this reader handed out and did not let go, nor one that any reader used within the last {@link
 * #IN_USE}. Thread-safe.
 */
final class FileCache {
  /** How long another process may need a copy after it asked for it. */
  static final Duration IN_USE = Duration.ofMinutes(10);

  private final Path directory;
  private final long limitBytes;
  private final ObjectSource source;
  private final Clock clock;
  private final Set<Path> handedOut = ConcurrentHashMap.newKeySet();

  FileCache(Path directory, long limitBytes, ObjectSource source, Clock clock) {
    this.directory = directory.toAbsolutePath();
    this.limitBytes = limitBytes;
    this.source = source;
    this.clock = clock;
  }

  /** The local copy of an object of known size; downloads it unless it is there. */
  Path fetch(String location, long sizeBytes) {
    Path copy = directory.resolve(nameOf(location));
    handedOut.add(copy);
    try {
      if (Files.exists(copy) && Files.size(copy) == sizeBytes) {
        Files.setLastModifiedTime(copy, FileTime.from(clock.instant()));
        return copy;
      }
      Files.createDirectories(directory);
      download(location, sizeBytes, copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep a copy of " + location + " at " + copy, e);
    }
  }

  private void download(String location, long sizeBytes, Path copy) throws IOException {
    Path part = directory.resolve(UUID.randomUUID() + ".part");
    try {
      source.download(location, part);
      if (Files.size(part) != sizeBytes) {
        throw new GatewayException(
            "%s must have %d bytes, got %d".formatted(location, sizeBytes, Files.size(part)));
      }
      Files.setLastModifiedTime(part, FileTime.from(clock.instant()));
      Files.move(part, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Copies handed out so far may go once nobody has used them for {@link #IN_USE}. */
  void letGo() {
    handedOut.clear();
  }

  /** Deletes the least recently used copies until the rest fits. Lists the directory once. */
  void shrink() {
    if (!Files.isDirectory(directory)) {
      return;
    }
    List<Copy> copies = new ArrayList<>(copies());
    long total = copies.stream().mapToLong(Copy::sizeBytes).sum();
    copies.sort(Comparator.comparing(Copy::usedAt));
    Instant mayGoBefore = clock.instant().minus(IN_USE);
    for (Copy copy : copies) {
      if (total <= limitBytes || copy.usedAt().isAfter(mayGoBefore)) {
        return;
      }
      if (!handedOut.contains(copy.path())) {
        delete(copy.path());
        total -= copy.sizeBytes();
      }
    }
  }

  private record Copy(Path path, long sizeBytes, Instant usedAt) {}

  private List<Copy> copies() {
    List<Copy> copies = new ArrayList<>();
    try (Stream<Path> paths = Files.list(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        copyAt(path, copies);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the cache directory " + directory, e);
    }
    return copies;
  }

  private static void copyAt(Path path, List<Copy> copies) throws IOException {
    try {
      copies.add(new Copy(path, Files.size(path), Files.getLastModifiedTime(path).toInstant()));
    } catch (NoSuchFileException e) {
      // Another process shrank the cache between the listing and this line.
      return;
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path + " from the cache", e);
    }
  }

  private static String nameOf(String location) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(location.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash) + ".file";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
