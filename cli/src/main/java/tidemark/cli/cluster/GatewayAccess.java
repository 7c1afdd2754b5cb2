package tidemark.cli.cluster;

import java.net.URI;
import java.nio.file.Path;

/**
 * How the gateway of a run is asked, on loopback.
 *
 * @param postgresPort of the PostgreSQL protocol
 * @param httpPort of {@code /v1/sql}
 * @param user that sees the data of one org
 * @param password of that user
 * @param passwordFile the same for PostgreSQL's clients, as {@code PGPASSFILE}
 * @param netrcFile the same for curl, as {@code --netrc-file}
 */
public record GatewayAccess(
    int postgresPort,
    int httpPort,
    String user,
    String password,
    Path passwordFile,
    Path netrcFile) {
  static final String HOST = "127.0.0.1";
  static final String DATABASE = "tidemark";

  /** A line for a shell. */
  public String psql() {
    return "PGPASSFILE=%s psql -h %s -p %d -U %s %s"
        .formatted(passwordFile, HOST, postgresPort, user, DATABASE);
  }

  /** For the JDBC driver, which takes the password from {@code PGPASSFILE} as well. */
  public String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s?user=%s".formatted(HOST, postgresPort, DATABASE, user);
  }

  /** Where statements are posted to. */
  public URI sqlUri() {
    return URI.create("http://%s:%d/v1/sql".formatted(HOST, httpPort));
  }

  /** A line for a shell. */
  public String curl() {
    return "curl --netrc-file %s -H 'Content-Type: application/sql' -d 'SELECT * FROM freshness' %s"
        .formatted(netrcFile, sqlUri());
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "GatewayAccess[%s, %s]".formatted(jdbcUrl(), sqlUri());
  }
}
