package tidemark.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import tidemark.cli.process.ProcessFailedException;

/**
 * Files that hold a secret: readable by their owner only, from the first byte, and replaced as a
 * whole, so a reader never sees half of one.
 */
final class PrivateFile {
  private PrivateFile() {}

  static void write(Path file, String text) {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.getParent());
      Files.deleteIfExists(fresh);
      Files.createFile(
          fresh,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ProcessFailedException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
