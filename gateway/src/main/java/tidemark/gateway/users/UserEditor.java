package tidemark.gateway.users;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Changes a file of users: reads all, writes all beside it with mode 0600, and renames that over
 * it, so that a reader sees the old file or the new one. Changes of several processes follow each
 * other by a lock on a file named {@code .lock} beside it.
 */
final class UserEditor {
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** File locks are between processes; within one they would throw. */
  private static final ReentrantLock IN_THIS_PROCESS = new ReentrantLock();

  private UserEditor() {}

  /**
   * Applies a change.
   *
   * @param change of the object of users; may throw to change nothing
   */
  static void edit(Path path, Consumer<ObjectNode> change) {
    Path target = path.toAbsolutePath();
    IN_THIS_PROCESS.lock();
    try {
      Path lockFile = target.resolveSibling(target.getFileName() + ".lock");
      try (FileChannel channel = openLock(lockFile);
          FileLock held = channel.lock()) {
        if (!held.isValid()) {
          throw new IOException("the lock on " + lockFile + " was lost");
        }
        ObjectNode root =
            Files.exists(target)
                ? UsersFile.tree(target)
                : UsersFile.MAPPER.createObjectNode().set(UsersFile.USERS, emptyObject());
        change.accept((ObjectNode) root.get(UsersFile.USERS));
        replace(target, UsersFile.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root));
      }
    } catch (IOException e) {
      throw new UsersException("the file of users cannot be written: " + e.getMessage(), e);
    } finally {
      IN_THIS_PROCESS.unlock();
    }
  }

  private static ObjectNode emptyObject() {
    return UsersFile.MAPPER.createObjectNode();
  }

  private static FileChannel openLock(Path lockFile) throws IOException {
    return FileChannel.open(
        lockFile, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
  }

  private static void replace(Path target, String text) throws IOException {
    // Through a link the file that it names is replaced, not the link.
    Path real = Files.exists(target) ? target.toRealPath() : target;
    Path fresh = Files.createTempFile(real.getParent(), ".users", ".new", OWNER_ONLY);
    try {
      try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = UTF_8.encode(text + "\n");
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
