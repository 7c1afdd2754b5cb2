package tidemark.gateway.users;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Lines in a file that moves on to path.1 when it is full, path.1 to path.2, and so on; mode 0600.
 *
 * <p>A write that failed may be repeated: it starts at the same place, so that no half line stays.
 * One thread; one process, which a lock on the file makes sure of.
 */
final class RollingFile implements AutoCloseable {
  private final Path path;
  private final long maxFileBytes;
  private final int maxFiles;
  private FileChannel channel;
  private long position;

  RollingFile(AuditConfig config) throws IOException {
    path = config.path().toAbsolutePath();
    maxFileBytes = config.maxFileBytes();
    maxFiles = config.maxFiles();
    open();
  }

  /** Returns when the operating system has all of it. */
  void write(byte[] line) throws IOException {
    if (channel == null) {
      open();
    }
    if (position > 0 && position + line.length > maxFileBytes) {
      roll();
    }
    ByteBuffer bytes = ByteBuffer.wrap(line);
    while (bytes.hasRemaining()) {
      channel.write(bytes, position + bytes.position());
    }
    position += line.length;
  }

  private void open() throws IOException {
    FileChannel opened =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      lock(opened);
      position = opened.size();
      if (position > 0 && !endsWithNewline(opened, position)) {
        // The line that a crash cut off stays, as a line of its own.
        opened.write(ByteBuffer.wrap(new byte[] {'\n'}), position);
        position++;
      }
      channel = opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private void lock(FileChannel opened) throws IOException {
    FileLock lock;
    try {
      lock = opened.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IOException(path + " is written by this process already", e);
    }
    if (lock == null) {
      throw new IOException(path + " is written by another process");
    }
  }

  private static boolean endsWithNewline(FileChannel opened, long size) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    opened.read(last, size - 1);
    return last.get(0) == '\n';
  }

  private void roll() throws IOException {
    close();
    Files.deleteIfExists(numbered(maxFiles - 1));
    for (int number = maxFiles - 2; number >= 0; number--) {
      if (Files.exists(numbered(number))) {
        Files.move(numbered(number), numbered(number + 1), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    open();
  }

  private Path numbered(int number) {
    return number == 0 ? path : path.resolveSibling(path.getFileName() + "." + number);
  }

  /** Returns when the disk has all of it. */
  @Override
  public void close() throws IOException {
    if (channel == null) {
      return;
    }
    FileChannel open = channel;
    channel = null;
    try (open) {
      open.force(true);
    }
  }
}
