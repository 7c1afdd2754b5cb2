package tidemark.gateway.users;

import java.nio.file.Path;

/**
 * Where the audit log is and how much of it is kept.
 *
 * @param path of the file that is written to; older ones are path.1, path.2, ...
 * @param maxFileBytes of one file; a line longer than that has a file of its own
 * @param maxFiles that are kept, the written one among them
 * @param maxOpenLines queries that may run or wait to be written at once
 */
public record AuditConfig(Path path, long maxFileBytes, int maxFiles, int maxOpenLines) {
  public AuditConfig {
    if (maxFileBytes < 1 || maxFiles < 1 || maxOpenLines < 1) {
      throw new IllegalArgumentException(
          "bytes, files and open lines of the audit log must be at least 1, got %d, %d and %d"
              .formatted(maxFileBytes, maxFiles, maxOpenLines));
    }
  }

  /** 20 files of 64 MiB. */
  public static AuditConfig at(Path path) {
    return new AuditConfig(path, 64L << 20, 20, 10_000);
  }
}
