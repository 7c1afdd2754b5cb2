package tidemark.operators.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where one attempt of a task writes its files before they are sent: a folder of its own in a
 * temporary folder of the task manager. What a dead attempt of the same task left there is removed
 * when the next one starts, this one's when it is closed.
 */
final class SpoolFolder implements Closeable {
  private final Path folder;
  private int files;

  /**
   * @param temporary folder of the task manager
   * @param task name of the task in all its attempts
   */
  SpoolFolder(Path temporary, String task, int attempt) throws IOException {
    Files.createDirectories(temporary);
    String prefix = "tidemark-archive-%s-".formatted(task);
    for (Path left : list(temporary)) {
      if (left.getFileName().toString().startsWith(prefix)) {
        delete(left);
      }
    }
    folder = Files.createDirectory(temporary.resolve(prefix + attempt));
  }

  Path newFile() {
    return folder.resolve(files++ + ".tma");
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> found;
    try (Stream<Path> all = Files.walk(folder)) {
      found = all.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path each : found) {
      Files.deleteIfExists(each);
    }
  }

  @Override
  public void close() throws IOException {
    delete(folder);
  }
}
