package tidemark.serde.partial;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Layout of rows of partial aggregates, version 2; little-endian, no padding.
 *
 * <pre>
 * name    u8 NAME | u8 type | u16 length, org | u16 length, metric
 *         numbers the (org, metric, type) 0, 1, 2, ... in the order of these records; stands before
 *         the first row that uses it
 * window  u8 WINDOW | i64 start, ms
 *         of the BRIEF rows up to the next such record
 * row     u8 flags with BRIEF | u16 name | i64 series id | then
 *   SINGLE  value sum                        one point: count 1, min = max = last = sum
 *   else    i32 count | f64 sum | [LOW f64 low] | [REST u8 n | n x f64]
 *           gauge, distribution:  value min | value max
 *   gauge          i32 timestamp of last, ms after the window's start | unless SINGLE: value last
 *   distribution   f64 sketch error | u32 length, sketch
 *   value          i32 hundredths if CENTI, else f64
 * row     u8 flags | u16 name | i64 series id | i64 window start, ms | then
 *         the same with i64 count | i64 timestamp of last, ms since 1970 | f64 values
 * </pre>
 *
 * <p>The long form is for rows whose count or timestamp do not fit, and all that version 1 had. A
 * distribution is never SINGLE. The bytes travel between tasks of one job, lie in its state, where
 * {@code tidemark.serde.flink.RunSerializer} keeps the version, and in the feed.
 */
final class PartialFormat {
  static final int NAME = 0x80;
  static final int WINDOW = 0x40;
  static final int SINGLE = 1;
  static final int LOW = 2;
  static final int REST = 4;
  static final int BRIEF = 8;
  static final int CENTI = 16;

  /** Names that fit one batch: their number is a u16. */
  static final int MAX_NAMES = 1 << 16;

  /** Bytes of a window record. */
  static final int WINDOW_BYTES = 1 + 8;

  /** Bytes that a row takes at most, but for rest and sketch. */
  static final int MAX_FIXED = 1 + 2 + 8 + 8 + 8 + 8 + 8 + 1 + 8 + 8 + 8 + 8 + 8 + 4;

  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  /** The value in hundredths, nearest. */
  static int hundredths(double value) {
    return (int) Math.rint(value * 100);
  }

  static double ofHundredths(int hundredths) {
    return hundredths / 100.0;
  }

  /** Whether the value comes back to the bit; neither for NaN nor for -0.0. */
  static boolean isHundredths(double value) {
    return Double.doubleToRawLongBits(ofHundredths(hundredths(value)))
        == Double.doubleToRawLongBits(value);
  }

  private PartialFormat() {}
}
