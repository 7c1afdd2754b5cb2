package tidemark.serde.archive;

/** The constants of the format that {@code package-info} draws. Frozen. */
final class ArchiveFormat {
  static final int VERSION = 1;

  static final int FILE_MAGIC = 0x544D4152;
  static final int BLOCK_MAGIC = 0x544D4142;
  static final int FOOTER_MAGIC = 0x544D4146;

  static final int HEADER_BYTES = 8;
  static final int FOOTER_BYTES = 28;

  /** Of the footer, what the index's CRC covers, too. */
  static final int FOOTER_COVERED_BYTES = 16;

  /** Header of a block without its org. */
  static final int BLOCK_HEADER_BYTES = 61;

  static final int FLAG_HEARTBEATS = 1;
  static final int FLAG_FIRST_OF_SEGMENT = 2;

  /** Largest body or index, unpacked: what a reader may have to set aside. */
  static final int MAX_UNPACKED_BYTES = 1 << 28;

  /** What stands before a record's payload, at most: two varints of 64 bits and one of 32. */
  static final int MAX_RECORD_HEAD_BYTES = 25;

  static final int MAX_PAYLOAD_BYTES = MAX_UNPACKED_BYTES - MAX_RECORD_HEAD_BYTES;
  static final int MAX_PARTITIONS = 0xFFFF;

  private ArchiveFormat() {}
}
