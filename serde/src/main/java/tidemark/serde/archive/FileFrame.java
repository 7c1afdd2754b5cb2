package tidemark.serde.archive;

import java.util.zip.CRC32C;

/**
 * Header and footer of a file, both directions: they frame the blocks and the index.
 *
 * @param indexPosition where the index begins
 * @param packedBytes of the index in the file
 * @param unpackedBytes of the index
 * @param crc of the packed index and of the fields before
 */
record FileFrame(long indexPosition, int packedBytes, int unpackedBytes, int crc) {

  static void putHeader(ByteOutput out) {
    out.putInt(ArchiveFormat.FILE_MAGIC);
    out.putShort(ArchiveFormat.VERSION);
    out.putShort(0);
  }

  /** Writes the footer of a file whose packed index begins at that position. */
  static void putFooter(long indexPosition, ByteOutput packed, int unpackedBytes, ByteOutput out) {
    out.clear();
    out.putLong(indexPosition);
    out.putInt(packed.length());
    out.putInt(unpackedBytes);
    CRC32C crc = new CRC32C();
    crc.update(packed.array(), 0, packed.length());
    crc.update(out.array(), 0, out.length());
    out.putInt((int) crc.getValue());
    out.putShort(ArchiveFormat.VERSION);
    out.putShort(0);
    out.putInt(ArchiveFormat.FOOTER_MAGIC);
  }

  static void checkHeader(ByteInput header) throws DamagedArchiveException {
    int magic = header.getInt();
    int version = header.getShort();
    check(header, magic, ArchiveFormat.FILE_MAGIC, version, header.getShort());
  }

  /**
   * Reads the footer; the CRC is for {@link #checkIndex}.
   *
   * @param position of the footer in the file
   */
  static FileFrame readFooter(ByteInput footer, long position) throws DamagedArchiveException {
    FileFrame frame =
        new FileFrame(footer.getLong(), footer.getInt(), footer.getInt(), footer.getInt());
    int version = footer.getShort();
    int zero = footer.getShort();
    check(footer, footer.getInt(), ArchiveFormat.FOOTER_MAGIC, version, zero);
    if (frame.packedBytes < 0
        || frame.indexPosition < ArchiveFormat.HEADER_BYTES
        || frame.indexPosition != position - frame.packedBytes) {
      throw footer.damaged(
          "found an index of %d bytes at %d, wanted one that ends at %d"
              .formatted(frame.packedBytes, frame.indexPosition, position));
    }
    if (frame.unpackedBytes < 0 || frame.unpackedBytes > ArchiveFormat.MAX_UNPACKED_BYTES) {
      throw footer.damaged(
          "found an index of %d bytes unpacked, wanted at most %d"
              .formatted(frame.unpackedBytes, ArchiveFormat.MAX_UNPACKED_BYTES));
    }
    return frame;
  }

  private static void check(ByteInput in, int found, int wanted, int version, int zero)
      throws DamagedArchiveException {
    if (found != wanted || zero != 0) {
      throw in.damaged(
          "found %08x and %d, wanted %08x and 0 as every archive file has"
              .formatted(found, zero, wanted));
    }
    if (version != ArchiveFormat.VERSION) {
      throw in.damaged(
          "found version %d, wanted %d: either damage, or a later Tidemark's, which can read it"
              .formatted(version, ArchiveFormat.VERSION));
    }
  }

  /** Checks the CRC of the packed index, and of the footer that begins at that place. */
  void checkIndex(
      CRC32C counter, byte[] packed, int start, byte[] footer, int footerStart, String location)
      throws DamagedArchiveException {
    counter.update(packed, start, packedBytes);
    counter.update(footer, footerStart, ArchiveFormat.FOOTER_COVERED_BYTES);
    if (crc != (int) counter.getValue()) {
      throw new DamagedArchiveException(
          location,
          indexPosition,
          "found an index of CRC %08x, wanted %08x".formatted((int) counter.getValue(), crc));
    }
  }
}
