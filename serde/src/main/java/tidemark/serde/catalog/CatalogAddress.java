package tidemark.serde.catalog;

import java.io.Serializable;

/**
 * Where the tables are.
 *
 * @param uri JDBC address of the catalog
 * @param name name under which the tables stand in the catalog
 * @param warehouse folder of the tables, without a slash at its end
 */
public record CatalogAddress(String uri, String name, String warehouse) implements Serializable {

  public CatalogAddress {
    if (!uri.startsWith("jdbc:")) {
      throw new IllegalArgumentException(
          "the address of the catalog must start with jdbc:, got " + uri);
    }
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of the catalog must not be blank");
    }
    if (warehouse.isEmpty() || warehouse.endsWith("/")) {
      throw new IllegalArgumentException(
          "the warehouse must be a folder without a slash at its end, got '%s'"
              .formatted(warehouse));
    }
  }
}
