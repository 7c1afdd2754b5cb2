package tidemark.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tidemark.cli.process.ProcessFailedException;

/**
 * A user's password as PostgreSQL's clients read it ({@code PGPASSFILE}), a line per name of this
 * machine:
 *
 * <pre>
 * host:port:database:user:password
 * </pre>
 *
 * <p>Passwords are ours, of letters and digits: nothing in them is to be escaped.
 */
record PasswordFile(Path path) {
  private static final List<String> HOSTS = List.of(GatewayAccess.HOST, "localhost");
  private static final int FIELDS = 5;

  /** The password of a user; empty if there is no such file or no such line. */
  Optional<String> password(String user) {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try {
      return Files.readAllLines(path).stream()
          .map(line -> Arrays.asList(line.split(":", FIELDS)))
          .filter(fields -> fields.size() == FIELDS && fields.get(3).equals(user))
          .map(fields -> fields.get(4))
          .findFirst();
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  void write(int port, String user, String password) {
    PrivateFile.write(
        path,
        HOSTS.stream()
            .map(host -> "%s:%d:*:%s:%s%n".formatted(host, port, user, password))
            .collect(Collectors.joining()));
  }
}
