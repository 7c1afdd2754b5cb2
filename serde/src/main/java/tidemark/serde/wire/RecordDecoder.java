package tidemark.serde.wire;

/**
 * Turns the bytes of one Kafka record into points.
 *
 * <p>Invariant: never throws, whatever the bytes, and allocates in proportion to the bytes it was
 * given, not to what they claim. Implementations keep scratch arrays: one instance per thread.
 */
public interface RecordDecoder {
  /**
   * Empties the block and fills it from the record. Afterwards the block holds points, or counts of
   * refused points by reason, or both, or gaps only; or the record is refused as a whole.
   *
   * @param bytes that hold the record's; only looked at until this returns
   * @param start of the record
   * @param length of the record, 0 for none
   * @param defaultOrg org of a record that does not name one itself; empty if there is none
   */
  void decode(byte[] bytes, int start, int length, String defaultOrg, PointBlock into);

  /**
   * The same of an array that is the record.
   *
   * @param value null, as of a Kafka tombstone, reads as none
   */
  default void decode(byte[] value, String defaultOrg, PointBlock into) {
    byte[] bytes = value == null ? new byte[0] : value;
    decode(bytes, 0, bytes.length, defaultOrg, into);
  }
}
