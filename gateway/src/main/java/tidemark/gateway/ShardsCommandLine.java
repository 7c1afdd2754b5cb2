package tidemark.gateway;

import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import tidemark.serde.catalog.ShardClaims;
import tidemark.serde.catalog.ShardMaps;
import tidemark.state.selection.ShardMap;

/** {@code ./tidemark shards list}: who counts whose points. */
public final class ShardsCommandLine {
  private static final int OK = 0;
  private static final int FAILED = 1;

  private ShardsCommandLine() {}

  /**
   * Prints the newest shard map, and which tables hold which shards.
   *
   * @param catalogProperties the keys of {@link GatewayConfig}: uri, warehouse, s3.endpoint, ...
   * @return exit code: 0, or 1 if there is no map
   */
  public static int list(Map<String, String> catalogProperties, PrintStream out, PrintStream err) {
    GatewayConfig config = GatewayConfig.from(catalogProperties);
    try (CatalogReader catalog = CatalogReader.open(config, new FileAccess(config))) {
      Table shards = catalog.load(ShardMaps.ID);
      Optional<ShardMap> map = ShardMaps.newest(shards);
      if (map.isEmpty()) {
        err.println("error: there is no shard map: make one by ./tidemark shards init");
        return FAILED;
      }
      print(map.get(), out);
      ShardClaims.all(shards).forEach((name, held) -> out.println(name + " holds shards " + held));
      return OK;
    } catch (GatewayException e) {
      err.println("error: " + e.getMessage());
      return FAILED;
    }
  }

  private static void print(ShardMap map, PrintStream out) {
    out.println("version %d, %d shards".formatted(map.version(), map.shards()));
    for (ShardMap.Move move : map.moves()) {
      String from =
          move.fromMs() == Long.MIN_VALUE
              ? "from the beginning"
              : "from " + Instant.ofEpochMilli(move.fromMs());
      out.println("org %s belongs to shard %d %s".formatted(move.org(), move.shard(), from));
    }
  }
}
