package tidemark.gameday;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tidemark.cli.definition.DefinitionFile;

class GameMonitorsTest {
  private static final long SEED = 3;

  @TempDir private Path folder;

  @Test
  void allAreRightAndStayRightWhenTheyChange() throws IOException {
    GameMonitors monitors = new GameMonitors(200, 10);
    Random random = new Random(SEED);
    StringBuilder changed = new StringBuilder("monitors:\n");
    monitors.entries().forEach(entry -> changed.append(entry.changed(random).yaml()));

    assertThat(parsed(monitors.yaml())).isEqualTo(22);
    assertThat(parsed(changed.toString())).as("seed %d", SEED).isEqualTo(22);
    assertThat(parsed(TwinRules.yaml(TwinRules.FIRST))).isEqualTo(3);
  }

  private int parsed(String yaml) throws IOException {
    return DefinitionFile.read(Files.writeString(folder.resolve("file.yaml"), yaml))
        .wanted()
        .size();
  }
}
