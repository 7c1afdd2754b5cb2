package tidemark.gateway.postgres;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

/**
 * {@code numeric} in binary, all fields of 2 bytes, big endian:
 *
 * <pre>
 * count   base-10000 digits that follow
 * weight  of the first of them: it counts 10000^weight
 * sign    0x0000 plus, 0x4000 minus, 0xC000 not a number, 0xD000 and 0xF000 infinite
 * scale   decimal digits behind the point
 * digits  count times
 * </pre>
 *
 * <p>Leading and trailing zero digits are left out. Costs O(digits squared), as {@link BigInteger}
 * does.
 */
final class NumericBinary {
  private static final int MINUS = 0x4000;
  private static final int MAX_SCALE = 0x3fff;
  private static final int MAX_WEIGHT = 0x7fff;

  /** PostgreSQL's own bound: 131,072 decimal digits before the point and 16,383 behind it. */
  private static final int MAX_DIGITS = 36_864;

  private static final BigInteger BASE = BigInteger.valueOf(10_000);
  private static final int BASE_DIGITS = 4;

  private NumericBinary() {}

  static void write(BigDecimal value, MessageWriter out) {
    int scale = Math.max(0, value.scale());
    int fractionDigits = (scale + BASE_DIGITS - 1) / BASE_DIGITS;
    BigInteger rest = value.setScale(fractionDigits * BASE_DIGITS).unscaledValue().abs();
    List<Integer> digits = new ArrayList<>();
    while (rest.signum() != 0) {
      BigInteger[] parts = rest.divideAndRemainder(BASE);
      digits.add(parts[1].intValue());
      rest = parts[0];
    }
    int weight = digits.size() - fractionDigits - 1;
    if (scale > MAX_SCALE || weight > MAX_WEIGHT) {
      throw new AskException(SqlState.DATA_EXCEPTION, "value overflows numeric format");
    }
    int zeros = 0;
    while (zeros < digits.size() && digits.get(zeros) == 0) {
      zeros++;
    }
    List<Integer> kept = digits.subList(zeros, digits.size());
    Collections.reverse(kept);
    out.int16(kept.size()).int16(kept.isEmpty() ? 0 : weight);
    out.int16(value.signum() < 0 ? MINUS : 0).int16(scale);
    kept.forEach(out::int16);
  }

  static BigDecimal read(Message in) {
    int count = in.uint16();
    int weight = (short) in.uint16();
    int sign = in.uint16();
    int scale = in.uint16();
    if (count > MAX_DIGITS || weight >= MAX_DIGITS || weight < -MAX_DIGITS) {
      throw new AskException(SqlState.DATA_EXCEPTION, "value overflows numeric format");
    }
    if ((sign != 0 && sign != MINUS) || scale > MAX_SCALE) {
      throw new AskException(
          SqlState.DATA_EXCEPTION, "numeric must be a finite number, got sign " + sign);
    }
    BigInteger unscaled = BigInteger.ZERO;
    for (int i = 0; i < count; i++) {
      int digit = in.uint16();
      if (digit > 9_999) {
        throw new AskException(SqlState.DATA_EXCEPTION, "invalid digit in external numeric value");
      }
      unscaled = unscaled.multiply(BASE).add(BigInteger.valueOf(digit));
    }
    BigDecimal value = new BigDecimal(unscaled).scaleByPowerOfTen((weight - count + 1) * 4);
    value = value.setScale(scale, RoundingMode.DOWN);
    return sign == MINUS ? value.negate() : value;
  }
}
