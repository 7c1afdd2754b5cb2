package tidemark.gateway.dictionary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** The files beside this package that say what a PostgreSQL has. */
final class Resources {
  private Resources() {}

  static List<String> lines(String file) {
    try (InputStream in = Resources.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("resource " + file + " is not on the class path");
      }
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new IllegalStateException("resource " + file + " cannot be read", e);
    }
  }

  /** Rows of a file of tab-separated values. */
  static List<String[]> rows(String file) {
    return lines(file).stream().map(line -> line.split("\t", -1)).toList();
  }

  /** Statements that end with a semicolon at the end of a line. */
  static List<String> statements(String file) {
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    for (String line : lines(file)) {
      if (line.startsWith("--")) {
        continue;
      }
      statement.append(line).append('\n');
      if (line.endsWith(";")) {
        statements.add(statement.toString().strip());
        statement.setLength(0);
      }
    }
    if (!statement.toString().isBlank()) {
      throw new IllegalStateException(file + " must end with a semicolon, got " + statement);
    }
    return statements;
  }
}
