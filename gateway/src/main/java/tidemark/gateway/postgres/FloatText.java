package tidemark.gateway.postgres;

import java.math.BigDecimal;

/**
 * Floats as PostgreSQL writes them: the digits that come back as the same bits, plain from {@code
 * 1e-4} up to 15 digits (six for {@code float4}), with an exponent of two digits beyond.
 */
final class FloatText {
  private static final int LEAST_PLAIN_EXPONENT = -4;
  private static final int FLOAT8_EXPONENT = 15;
  private static final int FLOAT4_EXPONENT = 6;

  private FloatText() {}

  static String text(double value) {
    return Double.isFinite(value)
        ? text(value == 0 ? zero(1 / value < 0) : Double.toString(value), FLOAT8_EXPONENT)
        : special(value);
  }

  static String text(float value) {
    return Float.isFinite(value)
        ? text(value == 0 ? zero(1 / value < 0) : Float.toString(value), FLOAT4_EXPONENT)
        : special(value);
  }

  private static String zero(boolean isNegative) {
    return isNegative ? "-0" : "0";
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  }

  private static String text(String java, int plainExponent) {
    if (java.equals("0") || java.equals("-0")) {
      return java;
    }
    BigDecimal decimal = new BigDecimal(java).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= LEAST_PLAIN_EXPONENT && exponent < plainExponent) {
      return decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    StringBuilder text = new StringBuilder(decimal.signum() < 0 ? "-" : "");
    text.append(digits.charAt(0));
    if (digits.length() > 1) {
      text.append('.').append(digits, 1, digits.length());
    }
    text.append('e').append(exponent < 0 ? '-' : '+');
    PostgresTime.pad(text, Math.abs(exponent), 2);
    return text.toString();
  }
}
