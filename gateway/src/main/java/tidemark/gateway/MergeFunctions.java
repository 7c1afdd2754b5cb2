package tidemark.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import org.duckdb.DuckDBColumnType;
import org.duckdb.DuckDBFunctions;
import org.duckdb.DuckDBReadableVector;
import org.duckdb.DuckDBWritableVector;
import tidemark.state.ExactSum;
import tidemark.state.SketchBuffer;

/**
 * What SQL cannot merge to the bit, as scalar functions in Java over text: DuckDB gives Java
 * neither aggregates nor blobs, so an aggregate is {@code f(string_agg(text, ','))}.
 *
 * <pre>
 * sketches := base64 {"," base64}          as SketchBuffer's bytes
 * sums     := double {"," double}          sum and sum_low of any number of rows, in any order
 * rests    := hex                          sum_rest of them: big-endian doubles
 * </pre>
 *
 * <p>Null in, null out. DuckDB calls these from all of its threads, a chunk of rows at a time;
 * buffers live for one chunk. Garbage in the text is an {@link IllegalArgumentException}, which
 * fails the query. The text of one group may have 2^31 characters: some 25 million sketches.
 */
public final class MergeFunctions {
  public static final String MERGE_SKETCHES = "tidemark_merge_sketches";
  public static final String QUANTILE = "tidemark_quantile";
  public static final String COUNT_BELOW = "tidemark_count_below";
  public static final String COUNT_ABOVE = "tidemark_count_above";
  public static final String MERGE_SUMS = "tidemark_merge_sums";

  static final String SUM_RESIDUE = "tidemark_sum_residue";

  /** A Mersenne prime: powers of two are rotations of 61 bits in its field. */
  static final long RESIDUE_PRIME = (1L << 61) - 1;

  private static final double[] NONE = {};

  private MergeFunctions() {}

  public static void register(Connection connection) throws SQLException {
    DuckDBFunctions.scalarFunction()
        .withName(MERGE_SKETCHES)
        .withParameters(DuckDBColumnType.VARCHAR)
        .withReturnType(DuckDBColumnType.VARCHAR)
        .withVectorizedFunction((input, output) -> mergeSketches(input.vector(0), output))
        .register(connection);
    DuckDBFunctions.scalarFunction()
        .withName(QUANTILE)
        .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.DOUBLE)
        .withReturnType(DuckDBColumnType.DOUBLE)
        .withVectorizedFunction(
            (input, output) -> quantiles(input.vector(0), input.vector(1), output))
        .register(connection);
    DuckDBFunctions.scalarFunction()
        .withName(COUNT_BELOW)
        .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.DOUBLE)
        .withReturnType(DuckDBColumnType.BIGINT)
        .withVectorizedFunction(
            (input, output) -> counts(input.vector(0), input.vector(1), Side.BELOW, output))
        .register(connection);
    DuckDBFunctions.scalarFunction()
        .withName(COUNT_ABOVE)
        .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.DOUBLE)
        .withReturnType(DuckDBColumnType.BIGINT)
        .withVectorizedFunction(
            (input, output) -> counts(input.vector(0), input.vector(1), Side.ABOVE, output))
        .register(connection);
    DuckDBFunctions.scalarFunction()
        .withName(MERGE_SUMS)
        .withParameters(DuckDBColumnType.VARCHAR, DuckDBColumnType.VARCHAR)
        .withReturnType(DuckDBColumnType.DOUBLE)
        .withVectorizedFunction(
            (input, output) -> mergeSums(input.vector(0), input.vector(1), output))
        .register(connection);
    DuckDBFunctions.scalarFunction()
        .withName(SUM_RESIDUE)
        .withParameters(DuckDBColumnType.DOUBLE, DuckDBColumnType.DOUBLE, DuckDBColumnType.VARCHAR)
        .withReturnType(DuckDBColumnType.BIGINT)
        .withVectorizedFunction(
            (input, output) ->
                sumResidues(input.vector(0), input.vector(1), input.vector(2), output))
        .register(connection);
  }

  private static void mergeSketches(DuckDBReadableVector texts, DuckDBWritableVector output) {
    SketchBuffer sketch = new SketchBuffer();
    for (long row = 0; row < texts.rowCount(); row++) {
      if (texts.isNull(row)) {
        output.setNull(row);
      } else {
        merge(sketch, texts.getString(row));
        output.setString(row, Base64.getEncoder().encodeToString(sketch.toBytes()));
      }
    }
  }

  private static void quantiles(
      DuckDBReadableVector texts, DuckDBReadableVector quantiles, DuckDBWritableVector output) {
    SketchBuffer sketch = new SketchBuffer();
    for (long row = 0; row < texts.rowCount(); row++) {
      if (texts.isNull(row) || quantiles.isNull(row)) {
        output.setNull(row);
        continue;
      }
      double quantile = quantiles.getDouble(row);
      if (!(quantile >= 0 && quantile <= 1)) {
        throw new IllegalArgumentException("percentile must be between 0 and 1, got " + quantile);
      }
      merge(sketch, texts.getString(row));
      if (sketch.isEmpty()) {
        output.setNull(row);
      } else {
        output.setDouble(row, sketch.quantile(quantile));
      }
    }
  }

  /** Which values of a sketch to count. */
  private enum Side {
    BELOW,
    ABOVE
  }

  private static void counts(
      DuckDBReadableVector texts,
      DuckDBReadableVector thresholds,
      Side side,
      DuckDBWritableVector output) {
    SketchBuffer sketch = new SketchBuffer();
    for (long row = 0; row < texts.rowCount(); row++) {
      if (texts.isNull(row) || thresholds.isNull(row)) {
        output.setNull(row);
        continue;
      }
      merge(sketch, texts.getString(row));
      double threshold = thresholds.getDouble(row);
      output.setLong(
          row,
          side == Side.BELOW
              ? sketch.countBelow(threshold)
              : sketch.count() - sketch.countBelow(Math.nextUp(threshold)));
    }
  }

  private static void mergeSums(
      DuckDBReadableVector texts, DuckDBReadableVector rests, DuckDBWritableVector output) {
    ExactSum sum = new ExactSum();
    for (long row = 0; row < texts.rowCount(); row++) {
      if (texts.isNull(row)) {
        output.setNull(row);
      } else {
        String rest = rests.isNull(row) ? "" : rests.getString(row);
        output.setDouble(row, mergeSums(sum, texts.getString(row), rest));
      }
    }
  }

  private static void merge(SketchBuffer sketch, String text) {
    sketch.clear();
    byte[] bytes = text.getBytes(ISO_8859_1);
    Base64.Decoder decoder = Base64.getDecoder();
    for (int start = 0; start <= bytes.length; ) {
      int end = indexOf(bytes, (byte) ',', start);
      ByteBuffer encoded = decoder.decode(ByteBuffer.wrap(bytes, start, end - start));
      sketch.mergeEncoded(encoded.array(), encoded.arrayOffset(), encoded.remaining());
      start = end + 1;
    }
  }

  private static int indexOf(byte[] bytes, byte wanted, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != wanted) {
      at++;
    }
    return at;
  }

  private static double mergeSums(ExactSum sum, String components, String rests) {
    sum.clear();
    for (String component : components.split(",", -1)) {
      sum.add(Double.parseDouble(component), 0, NONE);
    }
    sum.add(0, 0, doubles(rests));
    return sum.value();
  }

  private static void sumResidues(
      DuckDBReadableVector sums,
      DuckDBReadableVector lows,
      DuckDBReadableVector rests,
      DuckDBWritableVector output) {
    for (long row = 0; row < sums.rowCount(); row++) {
      long residue = residue(sums.getDouble(row));
      if (!lows.isNull(row)) {
        residue += residue(lows.getDouble(row));
      }
      if (!rests.isNull(row)) {
        for (double component : doubles(rests.getString(row))) {
          residue = residue % RESIDUE_PRIME + residue(component);
        }
      }
      output.setLong(row, residue % RESIDUE_PRIME);
    }
  }

  /**
   * A finite double, which is an integer times a power of two, modulo {@link #RESIDUE_PRIME}. What
   * is equal has equal residues; residues add up as exact values do, in any order; two values that
   * differ have the same one with a chance of 2^-61.
   */
  static long residue(double value) {
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> 52) & 0x7FF;
    long fraction = bits & ((1L << 52) - 1);
    long integer = exponent == 0 ? fraction : fraction | 1L << 52;
    // integer * 2^shift: of its bits, those from the 61st on count as the lowest once more
    int shift = Math.floorMod(Math.max(1, exponent) - 1075, 61);
    long residue = ((integer << shift) & RESIDUE_PRIME) + (integer >>> (61 - shift));
    if (residue >= RESIDUE_PRIME) {
      residue -= RESIDUE_PRIME;
    }
    return bits < 0 && residue > 0 ? RESIDUE_PRIME - residue : residue;
  }

  private static double[] doubles(String hex) {
    double[] doubles = new double[hex.length() / 16];
    ByteBuffer.wrap(HexFormat.of().parseHex(hex)).asDoubleBuffer().get(doubles);
    return doubles;
  }
}
