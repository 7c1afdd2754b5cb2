package tidemark.serde.partial;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Layout of rows of partial aggregates, version 1; little-endian, no padding.
 *
 * <pre>
 * name   u8 NAME | u8 type | u16 length, org | u16 length, metric
 *        numbers the (org, metric, type) 0, 1, 2, ... in the order of these records; stands before
 *        the first row that uses it
 * row    u8 flags | u16 name | i64 series id | i64 window start, ms | then
 *   SINGLE  f64 sum                          one point: count 1, min = max = last = sum
 *   else    i64 count | f64 sum | [LOW f64 low] | [REST u8 n | n x f64]
 *           gauge, distribution:  f64 min | f64 max
 *   gauge          i64 timestamp of last, ms | unless SINGLE: f64 last
 *   distribution   f64 sketch error | u32 length, sketch
 * </pre>
 *
 * <p>A distribution is never SINGLE. The bytes travel between tasks of one job and lie in its
 * state, where {@code tidemark.serde.flink.RunSerializer} keeps the version.
 */
final class PartialFormat {
  static final int NAME = 0x80;
  static final int SINGLE = 1;
  static final int LOW = 2;
  static final int REST = 4;

  /** Names that fit one batch: their number is a u16. */
  static final int MAX_NAMES = 1 << 16;

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

  private PartialFormat() {}
}
