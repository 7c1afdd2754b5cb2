package tidemark.operators.archive;

import java.io.Serializable;
import org.apache.flink.configuration.ReadableConfig;

/**
 * The checked settings of the archive.
 *
 * @param folder of the files, without a slash at its end; empty for one in the warehouse
 * @param intervalMs time between checkpoints
 * @param fileBytes size at which a file is closed
 * @param retryForMs how long a file is sent again
 */
public record ArchiveConfig(String folder, long intervalMs, long fileBytes, long retryForMs)
    implements Serializable {
  private static final long MIN_INTERVAL_MS = 1_000L;
  private static final long MIN_FILE_BYTES = 1L << 20;

  public ArchiveConfig {
    if (!folder.isEmpty() && !folder.startsWith("s3://") && !folder.startsWith("file:/")) {
      throw new IllegalArgumentException(
          "%s must be empty or start with s3:// or file:/, got %s"
              .formatted(ArchiveOptions.FOLDER.key(), folder));
    }
    while (folder.endsWith("/")) {
      folder = folder.substring(0, folder.length() - 1);
    }
    if (intervalMs < MIN_INTERVAL_MS) {
      throw new IllegalArgumentException(
          "%s must be at least 1 s, got %s ms"
              .formatted(ArchiveOptions.INTERVAL.key(), intervalMs));
    }
    if (fileBytes < MIN_FILE_BYTES) {
      throw new IllegalArgumentException(
          "%s must be at least 1 mb, got %s bytes"
              .formatted(ArchiveOptions.FILE_SIZE.key(), fileBytes));
    }
    if (retryForMs < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0 ms, got %s ms"
              .formatted(ArchiveOptions.RETRY_FOR.key(), retryForMs));
    }
  }

  public static ArchiveConfig from(ReadableConfig config) {
    return new ArchiveConfig(
        config.get(ArchiveOptions.FOLDER),
        config.get(ArchiveOptions.INTERVAL).toMillis(),
        config.get(ArchiveOptions.FILE_SIZE).getBytes(),
        config.get(ArchiveOptions.RETRY_FOR).toMillis());
  }

  /** These settings with the folder that an empty one stands for. */
  public ArchiveConfig inWarehouse(String warehouse) {
    return folder.isEmpty()
        ? new ArchiveConfig(warehouse + "/archive", intervalMs, fileBytes, retryForMs)
        : this;
  }
}
