package tidemark.gateway;

import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** {@code ./tidemark sql "..."}: one statement in, a table and its epoch out. */
public final class SqlCommandLine {
  private static final int OK = 0;
  private static final int FAILED = 1;

  private SqlCommandLine() {}

  /**
   * Runs one statement and prints its rows, and which epoch they reflect.
   *
   * @param catalogProperties the keys of {@link GatewayConfig}: uri, warehouse, s3.endpoint, ...
   * @return exit code: 0, or 1 with the reason on {@code err}
   */
  public static int run(
      String sql, Map<String, String> catalogProperties, PrintStream out, PrintStream err) {
    try (SqlReader reader = SqlReader.open(catalogProperties)) {
      TextTable.print(reader.query(sql), out);
      out.println(reader.epoch().map(Epoch::describe).orElse("epoch: unknown, no job wrote it"));
      return OK;
    } catch (GatewayException e) {
      err.println("error: " + e.getMessage());
      return FAILED;
    } catch (UncheckedIOException e) {
      err.println("error: %s: %s".formatted(e.getMessage(), e.getCause().getMessage()));
      return FAILED;
    }
  }
}
