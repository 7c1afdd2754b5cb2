package tidemark.gameday;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where classes come from. */
final class Jars {
  private Jars() {}

  /** The jar of a class, on this process's own class path. */
  static Path of(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a jar has a path", e);
    }
  }
}
