package tidemark.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What only the sources tell. */
class SourcesTest {
  private static final int MAX_LINES = 500;

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    TreeSet<String> silent = new TreeSet<>();
    for (Path file : mainSources()) {
      if (!Files.exists(file.resolveSibling("package-info.java"))) {
        silent.add(file.getParent().toString());
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void noFileIsTooLong() throws IOException {
    for (Path file : mainSources()) {
      assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(MAX_LINES);
    }
  }

  private static List<Path> mainSources() throws IOException {
    try (Stream<Path> files = Files.walk(repository())) {
      List<Path> sources =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .filter(file -> file.toString().replace('\\', '/').contains("/src/main/java/"))
              .toList();
      assertThat(sources).hasSizeGreaterThan(50);
      return sources;
    }
  }

  /** Tests run in their module's folder. */
  private static Path repository() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("state/pom.xml")) ? here : here.getParent();
  }
}
