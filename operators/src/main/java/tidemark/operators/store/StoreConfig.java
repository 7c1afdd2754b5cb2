package tidemark.operators.store;

import java.io.Serializable;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import tidemark.serde.catalog.CatalogAddress;

/**
 * The checked settings of the store.
 *
 * @param warehouse folder of the tables, without a slash at its end
 * @param catalogUri JDBC address of the catalog
 * @param catalogName name of the catalog
 * @param bufferBytes heap for the rows of an epoch in one writer
 * @param branch branch of the tables that a fresh job commits to; what a restored one is on stays
 * @param onExisting what a fresh job does about commits of another lineage
 * @param onAhead what a job does that is restored from an epoch which the branch has left behind
 * @param retryForMs how long a file is tried again
 * @param shards whose points the job counts
 */
public record StoreConfig(
    String warehouse,
    String catalogUri,
    String catalogName,
    long bufferBytes,
    String branch,
    StoreOptions.OnExisting onExisting,
    OnAhead onAhead,
    long retryForMs,
    ShardGuard shards)
    implements Serializable {

  public StoreConfig {
    if (!warehouse.startsWith("s3://") && !warehouse.startsWith("file:/")) {
      throw new IllegalArgumentException(
          "%s must start with s3:// or file:/, got %s"
              .formatted(StoreOptions.WAREHOUSE.key(), warehouse));
    }
    while (warehouse.endsWith("/")) {
      warehouse = warehouse.substring(0, warehouse.length() - 1);
    }
    if (!catalogUri.startsWith("jdbc:")) {
      throw new IllegalArgumentException(
          "%s must start with jdbc:, got %s".formatted(StoreOptions.CATALOG_URI.key(), catalogUri));
    }
    if (catalogUri.contains(":memory:")) {
      throw new IllegalArgumentException(
          "%s must name a file or a server, since every process opens it on its own, got %s"
              .formatted(StoreOptions.CATALOG_URI.key(), catalogUri));
    }
    if (catalogName.isBlank()) {
      throw new IllegalArgumentException(
          "%s must not be blank".formatted(StoreOptions.CATALOG_NAME.key()));
    }
    if (branch.isBlank()) {
      throw new IllegalArgumentException(
          "%s must not be blank".formatted(StoreOptions.BRANCH.key()));
    }
    if (retryForMs < 0) {
      throw new IllegalArgumentException(
          "%s must be at least 0 ms, got %s ms"
              .formatted(StoreOptions.RETRY_FOR.key(), retryForMs));
    }
    if (bufferBytes < 1 << 20) {
      throw new IllegalArgumentException(
          "%s must be at least 1 mb, got %s bytes"
              .formatted(StoreOptions.BUFFER.key(), bufferBytes));
    }
  }

  /** Of a job that counts every point. */
  public StoreConfig(
      String warehouse,
      String catalogUri,
      String catalogName,
      long bufferBytes,
      String branch,
      StoreOptions.OnExisting onExisting,
      OnAhead onAhead,
      long retryForMs) {
    this(
        warehouse,
        catalogUri,
        catalogName,
        bufferBytes,
        branch,
        onExisting,
        onAhead,
        retryForMs,
        ShardGuard.NONE);
  }

  /** The same for a fresh job on another branch. */
  public StoreConfig onBranch(String name) {
    return with(name, shards);
  }

  /** The same for a job that counts the points of some shards. */
  public StoreConfig guardedBy(ShardGuard guard) {
    return with(branch, guard);
  }

  private StoreConfig with(String name, ShardGuard guard) {
    return new StoreConfig(
        warehouse,
        catalogUri,
        catalogName,
        bufferBytes,
        name,
        onExisting,
        onAhead,
        retryForMs,
        guard);
  }

  /** Where the tables are. */
  public CatalogAddress catalog() {
    return new CatalogAddress(catalogUri, catalogName, warehouse);
  }

  public static StoreConfig from(ReadableConfig config) {
    return new StoreConfig(
        required(config, StoreOptions.WAREHOUSE),
        required(config, StoreOptions.CATALOG_URI),
        config.get(StoreOptions.CATALOG_NAME),
        config.get(StoreOptions.BUFFER).getBytes(),
        config.get(StoreOptions.BRANCH),
        config.get(StoreOptions.ON_EXISTING),
        OnAhead.parse(config.get(StoreOptions.ON_AHEAD)),
        config.get(StoreOptions.RETRY_FOR).toMillis());
  }

  private static String required(ReadableConfig config, ConfigOption<String> option) {
    return config
        .getOptional(option)
        .orElseThrow(() -> new IllegalArgumentException("%s must be set".formatted(option.key())));
  }
}
