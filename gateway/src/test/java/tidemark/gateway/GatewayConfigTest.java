package tidemark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayConfigTest {
  private static final Map<String, String> REQUIRED =
      Map.of("uri", "jdbc:sqlite:/x/catalog.db", "warehouse", "s3://tidemark/warehouse");

  @Test
  void defaultsNeedNothingElse() {
    GatewayConfig config = GatewayConfig.from(REQUIRED);
    assertThat(config.catalogName()).isEqualTo("tidemark");
    assertThat(config.s3Endpoint()).isEmpty();
    assertThat(config.s3Keys()).isEmpty();
    assertThat(config.isPathStyle()).isFalse();
    assertThat(config.region()).isEqualTo("us-east-1");
    assertThat(config.cacheDirectory().toString()).endsWith(".cache/tidemark");
    assertThat(config.cacheSizeBytes()).isEqualTo(10L << 30);
    assertThat(config.memoryLimit()).isEqualTo("2GB");
    assertThat(config.alsoRead()).isEmpty();
    assertThat(config.shardsCatalogName()).isEqualTo("tidemark");
  }

  @Test
  void everyKeyIsRead() {
    Map<String, String> properties = new HashMap<>(REQUIRED);
    properties.put("gateway.catalog-name", "metrics");
    properties.put("s3.endpoint", "http://localhost:9000");
    properties.put("s3.access-key-id", "key");
    properties.put("s3.secret-access-key", "top");
    properties.put("s3.path-style-access", "true");
    properties.put("client.region", "eu-central-1");
    properties.put("gateway.cache-directory", "/var/cache/x");
    properties.put("gateway.cache-size-bytes", "1000");
    properties.put("gateway.memory-limit", "512MB");
    properties.put("gateway.also-read", "south, west");
    properties.put("gateway.shards-catalog-name", "maps");

    GatewayConfig config = GatewayConfig.from(properties);

    assertThat(config.catalogName()).isEqualTo("metrics");
    assertThat(config.s3Endpoint()).contains(URI.create("http://localhost:9000"));
    assertThat(config.s3Keys()).contains(new GatewayConfig.S3Keys("key", "top"));
    assertThat(config.isPathStyle()).isTrue();
    assertThat(config.region()).isEqualTo("eu-central-1");
    assertThat(config.cacheDirectory()).isEqualTo(Path.of("/var/cache/x"));
    assertThat(config.cacheSizeBytes()).isEqualTo(1000);
    assertThat(config.memoryLimit()).isEqualTo("512MB");
    assertThat(config.alsoRead()).containsExactly("south", "west");
    assertThat(config.shardsCatalogName()).isEqualTo("maps");
    assertThat(config.named("south").catalogName()).isEqualTo("south");
    assertThat(config.named("south").alsoRead()).isEmpty();
    assertThat(config.toString()).doesNotContain("top");
  }

  @Test
  void badValuesAreRefused() {
    refused(
        Map.of("uri", ""), "uri and warehouse of the catalog must be given, got uri= warehouse=s3");
    refused(Map.of("s3.access-key-id", "x"), "must be given together");
    refused(Map.of("gateway.cache-size-bytes", "1G"), "must be a whole number, got 1G");
    refused(Map.of("gateway.cache-size-bytes", "0"), "must be at least 1, got 0");
    refused(
        Map.of("gateway.memory-limit", "all"), "must be a number and a unit such as 2GB, got all");
    for (String names : List.of("south,south", "tidemark", "south,,west")) {
      refused(
          Map.of("gateway.also-read", names),
          "must name up to 64 catalogs other than tidemark, each once, got " + names);
    }
    refused(Map.of("gateway.shards-catalog-name", " "), "must not be blank");
  }

  private static void refused(Map<String, String> change, String message) {
    Map<String, String> properties = new HashMap<>(REQUIRED);
    properties.putAll(change);
    assertThatThrownBy(() -> GatewayConfig.from(properties))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining(message);
  }

  @Test
  void sqliteWaitsForWriters() {
    assertThat(GatewayConfig.from(REQUIRED).jdbcUri())
        .isEqualTo("jdbc:sqlite:/x/catalog.db?journal_mode=WAL&busy_timeout=10000");
    Map<String, String> properties = new HashMap<>(REQUIRED);
    properties.put("uri", "jdbc:sqlite:/x/catalog.db?busy_timeout=1");
    assertThat(GatewayConfig.from(properties).jdbcUri()).endsWith("?busy_timeout=1");
    assertThat(GatewayConfig.from(properties).isMissingCatalog()).isTrue();
  }
}
