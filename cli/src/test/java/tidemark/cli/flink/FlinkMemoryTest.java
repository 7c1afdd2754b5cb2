package tidemark.cli.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlinkMemoryTest {
  @Test
  void resultsAreFoundAmongOtherLines() {
    FlinkMemory memory =
        FlinkMemory.parse(
            """
            WARNING: something else
            BASH_JAVA_UTILS_EXEC_RESULT:-Xmx603979776 -Xms603979776
            BASH_JAVA_UTILS_EXEC_RESULT:-D a.b=1b -D c.d=2
            """);

    assertThat(memory.jvmOptions()).containsExactly("-Xmx603979776", "-Xms603979776");
    assertThat(memory.arguments()).containsExactly("-D", "a.b=1b", "-D", "c.d=2");
  }

  @Test
  void anErrorIsNotAResult() {
    assertThatThrownBy(() -> FlinkMemory.parse("IllegalConfigurationException: too small\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected 2 result lines, got 0");
  }
}
