package tidemark.gateway;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Where the catalog and the files are, and how much a reader may use; checked before anything
 * opens.
 *
 * <pre>
 * uri                         JDBC URI of the Iceberg catalog (required)
 * warehouse                   root of the tables, file:// or s3:// (required)
 * gateway.catalog-name        name of the catalog in its database; tidemark unless given
 * s3.endpoint                 of a store that is not AWS
 * s3.access-key-id, s3.secret-access-key   both or none; none: the AWS default chain
 * s3.path-style-access        true for most stores that are not AWS; false unless given
 * client.region               us-east-1 unless given
 * gateway.cache-directory     local copies of S3 files; ~/.cache/tidemark unless given
 * gateway.cache-size-bytes    kept on disk at most, older copies go first; 10 GiB unless given
 * gateway.memory-limit        memory of DuckDB, as DuckDB writes it; 2GB unless given
 * gateway.also-read           names of other catalogs in that database, comma separated: tables of
 *                             jobs that count other shards; none unless given
 * gateway.shards-catalog-name name under which the shard map stands in that database; tidemark
 *                             unless given
 * </pre>
 */
public record GatewayConfig(
    String catalogUri,
    String warehouse,
    String catalogName,
    Optional<URI> s3Endpoint,
    Optional<S3Keys> s3Keys,
    boolean isPathStyle,
    String region,
    Path cacheDirectory,
    long cacheSizeBytes,
    String memoryLimit,
    List<String> alsoRead,
    String shardsCatalogName) {

  public static final String URI_KEY = "uri";
  public static final String WAREHOUSE = "warehouse";
  public static final String CATALOG_NAME = "gateway.catalog-name";
  public static final String S3_ENDPOINT = "s3.endpoint";
  public static final String S3_ACCESS_KEY_ID = "s3.access-key-id";
  public static final String S3_SECRET_ACCESS_KEY = "s3.secret-access-key";
  public static final String S3_PATH_STYLE = "s3.path-style-access";
  public static final String REGION = "client.region";
  public static final String CACHE_DIRECTORY = "gateway.cache-directory";
  public static final String CACHE_SIZE_BYTES = "gateway.cache-size-bytes";
  public static final String MEMORY_LIMIT = "gateway.memory-limit";
  public static final String ALSO_READ = "gateway.also-read";
  public static final String SHARDS_CATALOG_NAME = "gateway.shards-catalog-name";

  /** All of them. */
  public static final Set<String> KEYS =
      Set.of(
          URI_KEY,
          WAREHOUSE,
          CATALOG_NAME,
          S3_ENDPOINT,
          S3_ACCESS_KEY_ID,
          S3_SECRET_ACCESS_KEY,
          S3_PATH_STYLE,
          REGION,
          CACHE_DIRECTORY,
          CACHE_SIZE_BYTES,
          MEMORY_LIMIT,
          ALSO_READ,
          SHARDS_CATALOG_NAME);

  /** Each other catalog costs a thread. */
  private static final int MAX_OTHERS = 64;

  private static final String SQLITE = "jdbc:sqlite:";
  private static final long TEN_GIB = 10L << 30;

  /** Not printed: a record that holds a secret writes its own {@code toString}. */
  public record S3Keys(String accessKeyId, String secretAccessKey) {
    @Override
    public String toString() {
      return "S3Keys[" + accessKeyId + "]";
    }
  }

  public GatewayConfig {
    alsoRead = List.copyOf(alsoRead);
    if (catalogUri.isEmpty() || warehouse.isEmpty()) {
      throw new GatewayException(
          "uri and warehouse of the catalog must be given, got uri=%s warehouse=%s"
              .formatted(catalogUri, warehouse));
    }
    if (!memoryLimit.matches("[0-9.]+ ?[KMGT]i?B")) {
      throw new GatewayException(
          MEMORY_LIMIT + " must be a number and a unit such as 2GB, got " + memoryLimit);
    }
    if (cacheSizeBytes < 1) {
      throw new GatewayException(CACHE_SIZE_BYTES + " must be at least 1, got " + cacheSizeBytes);
    }
    boolean isTwice = Set.copyOf(alsoRead).size() < alsoRead.size();
    boolean isNone = alsoRead.stream().anyMatch(name -> name.isEmpty() || name.equals(catalogName));
    if (isTwice || isNone || alsoRead.size() > MAX_OTHERS) {
      throw new GatewayException(
          "%s must name up to %d catalogs other than %s, each once, got %s"
              .formatted(ALSO_READ, MAX_OTHERS, catalogName, String.join(",", alsoRead)));
    }
    if (shardsCatalogName.isBlank()) {
      throw new GatewayException(SHARDS_CATALOG_NAME + " must not be blank");
    }
  }

  /** The same for another catalog in the same database, and no others. */
  public GatewayConfig named(String otherCatalogName) {
    return new GatewayConfig(
        catalogUri,
        warehouse,
        otherCatalogName,
        s3Endpoint,
        s3Keys,
        isPathStyle,
        region,
        cacheDirectory,
        cacheSizeBytes,
        memoryLimit,
        List.of(),
        shardsCatalogName);
  }

  public static GatewayConfig from(Map<String, String> properties) {
    String accessKey = properties.get(S3_ACCESS_KEY_ID);
    String secretKey = properties.get(S3_SECRET_ACCESS_KEY);
    if ((accessKey == null) != (secretKey == null)) {
      throw new GatewayException(
          "%s and %s must be given together".formatted(S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY));
    }
    return new GatewayConfig(
        properties.getOrDefault(URI_KEY, ""),
        properties.getOrDefault(WAREHOUSE, ""),
        properties.getOrDefault(CATALOG_NAME, "tidemark"),
        Optional.ofNullable(properties.get(S3_ENDPOINT)).map(URI::create),
        accessKey == null ? Optional.empty() : Optional.of(new S3Keys(accessKey, secretKey)),
        Boolean.parseBoolean(properties.get(S3_PATH_STYLE)),
        properties.getOrDefault(REGION, "us-east-1"),
        Path.of(
            Objects.requireNonNullElseGet(
                properties.get(CACHE_DIRECTORY), GatewayConfig::defaultCacheDirectory)),
        cacheSizeBytes(properties),
        properties.getOrDefault(MEMORY_LIMIT, "2GB"),
        names(properties.getOrDefault(ALSO_READ, "")),
        properties.getOrDefault(SHARDS_CATALOG_NAME, "tidemark"));
  }

  private static List<String> names(String text) {
    return text.isBlank()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static long cacheSizeBytes(Map<String, String> properties) {
    String text = properties.get(CACHE_SIZE_BYTES);
    try {
      return text == null ? TEN_GIB : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new GatewayException(CACHE_SIZE_BYTES + " must be a whole number, got " + text, e);
    }
  }

  private static String defaultCacheDirectory() {
    return Path.of(System.getProperty("user.home"), ".cache", "tidemark").toString();
  }

  /** The URI to connect with: SQLite waits for a writer instead of failing at once. */
  String jdbcUri() {
    return catalogUri.startsWith(SQLITE) && !catalogUri.contains("?")
        ? catalogUri + "?journal_mode=WAL&busy_timeout=10000"
        : catalogUri;
  }

  /** SQLite creates a missing database, so its absence must be seen before connecting. */
  boolean isMissingCatalog() {
    if (!catalogUri.startsWith(SQLITE)) {
      return false;
    }
    String path = catalogUri.substring(SQLITE.length());
    int query = path.indexOf('?');
    return !Files.exists(Path.of(query < 0 ? path : path.substring(0, query)));
  }
}
