package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the job jar brings along is decided by people, not by somebody's transitive dependency. */
class JobJarTest {
  private static final Path LIST = Path.of("job-jar-dependencies.txt");
  private static final Pattern OWN = Pattern.compile("tidemark-.*|classes");

  @Test
  void theJobJarHoldsTheListedDependenciesAndNoOthers() throws Exception {
    String classPath = Files.readString(Path.of("target", "job-jar-classpath.txt")).strip();
    List<String> found =
        Pattern.compile(":")
            .splitAsStream(classPath)
            .map(entry -> Path.of(entry).getFileName().toString())
            .filter(name -> !OWN.matcher(name).matches())
            .sorted()
            .toList();
    assertThat(found)
        .as("the job's dependencies; after a deliberate change write them to jobs/%s", LIST)
        .containsExactlyElementsOf(Files.readAllLines(LIST));
  }
}
