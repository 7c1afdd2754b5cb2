package tidemark.bench.micro;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import tidemark.gateway.MergeFunctions;
import tidemark.state.SketchBuffer;

/** Rows per second that a query merges: sketches, and sums that leave a rest, in 20 groups. */
public class QueryMergeBenchmark extends MicroBenchmark {
  private static final int ROWS = 20_000;

  private Connection connection;

  @Setup
  public void prepare() throws SQLException {
    connection = DriverManager.getConnection("jdbc:duckdb:");
    MergeFunctions.register(connection);
    execute("SET threads = 1");
    execute("CREATE TABLE sketches (id BIGINT, sketch BLOB)");
    Random random = new Random(1);
    StringBuilder values = new StringBuilder("INSERT INTO sketches VALUES ");
    SketchBuffer sketch = new SketchBuffer();
    for (int i = 0; i < 100; i++) {
      sketch.clear();
      for (int sample = 0; sample < 100; sample++) {
        sketch.accept(100 * Math.exp(0.5 * random.nextGaussian()));
      }
      values
          .append(i == 0 ? "" : ", ")
          .append('(')
          .append(i)
          .append(", from_base64('")
          .append(Base64.getEncoder().encodeToString(sketch.toBytes()))
          .append("'))");
    }
    execute(values.toString());
    execute(
        "CREATE TABLE rows AS SELECT r % 20 AS grp, s.sketch, random() * 1e9 AS sum,"
            + " random() * 1e-9 AS low FROM range(%d) t(r) JOIN sketches s ON s.id = r %% 100"
                .formatted(ROWS));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private double sum(String sql) throws SQLException {
    double sum = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        sum += rows.getDouble(1);
      }
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double percentileOfSketches() throws SQLException {
    return sum(
        "SELECT %s(string_agg(to_base64(sketch), ','), 0.99) FROM rows GROUP BY grp"
            .formatted(MergeFunctions.QUANTILE));
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public double exactSums() throws SQLException {
    return sum(
        ("SELECT %s(concat_ws(',', array_to_string(list(sum), ','), string_agg(low, ',')), '')"
                + " FROM rows GROUP BY grp")
            .formatted(MergeFunctions.MERGE_SUMS));
  }

  @TearDown
  public void close() throws SQLException {
    connection.close();
  }
}
