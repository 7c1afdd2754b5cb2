package tidemark.serde.archive;

/**
 * What bounds a writer's memory and shapes its files.
 *
 * @param segmentBytes what is buffered before a segment is written, payloads and 44 bytes for each
 *     record; a single record may be larger
 * @param blockBytes largest body of a block, unpacked; a single record may be larger
 * @param zstdLevel 1 to 19
 */
public record ArchiveLimits(int segmentBytes, int blockBytes, int zstdLevel) {
  /** 64 MB, 4 MB, and the level that zstd takes by itself. */
  public static final ArchiveLimits DEFAULT = new ArchiveLimits(64 << 20, 4 << 20, 3);

  public ArchiveLimits {
    if (segmentBytes < 1) {
      throw new IllegalArgumentException(
          "a segment must have at least 1 byte, got " + segmentBytes);
    }
    if (blockBytes < 1 || blockBytes > ArchiveFormat.MAX_UNPACKED_BYTES) {
      throw new IllegalArgumentException(
          "a block must have 1 to %d bytes, got %d"
              .formatted(ArchiveFormat.MAX_UNPACKED_BYTES, blockBytes));
    }
    if (zstdLevel < 1 || zstdLevel > 19) {
      throw new IllegalArgumentException("zstd's level must be 1 to 19, got " + zstdLevel);
    }
  }
}
