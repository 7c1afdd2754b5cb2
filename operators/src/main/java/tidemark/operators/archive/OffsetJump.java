package tidemark.operators.archive;

/**
 * Offsets that a task went past without being given a record of them, reading on and on.
 *
 * @param from first of them
 * @param to offset of the record that came next
 */
record OffsetJump(long from, long to) {

  OffsetJump {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException(
          "a jump must go up from 0 or above, got %d to %d".formatted(from, to));
    }
  }
}
