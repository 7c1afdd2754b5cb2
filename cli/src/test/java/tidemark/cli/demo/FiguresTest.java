package tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tidemark.cli.agent.AgentStatus;
import tidemark.cli.flink.JobStatus.Checkpoint;
import tidemark.gateway.CatalogStatus;
import tidemark.gateway.Epoch;
import tidemark.gateway.TableFiles;

class FiguresTest {
  private static final long NOW_MS = 1_795_297_478_000L;

  private static CatalogStatus tables(long checkpoint) {
    return new CatalogStatus(
        Optional.of(new Epoch(1, "lineage", checkpoint, NOW_MS - 4_000, "heartbeat", Map.of())),
        new TableFiles("rollups", 1, List.of()),
        new TableFiles("series", 1, List.of()));
  }

  @Test
  void nothingYetIsSaidInWords() {
    Figures figures =
        new Figures(
            NOW_MS, Optional.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty());

    assertThat(figures.points()).isEqualTo("none yet");
    assertThat(figures.stored()).isEqualTo("nothing yet");
    assertThat(figures.delay()).isEqualTo("no watermark yet");
    assertThat(figures.committed()).isEqualTo("none yet");
  }

  @Test
  void whatIsKnownIsSaidInNumbers() {
    Figures figures =
        new Figures(
            NOW_MS,
            Optional.of(new AgentStatus(NOW_MS, 1_234_567, 0, 361, 60, 5)),
            OptionalLong.of(NOW_MS - 1_250),
            Optional.of(new Checkpoint(7, "s3://flink/chk-7", NOW_MS - 3_000, 1)),
            Optional.of(tables(7)));

    assertThat(figures.points()).isEqualTo("1,234,567");
    assertThat(figures.stored()).isEqualTo("0 rows in 0 files, 0 B");
    assertThat(figures.delay()).isEqualTo("1.3 s behind");
    assertThat(figures.committed()).isEqualTo("7, 3.0 s ago");
  }

  @Test
  void theAgeOfAnotherCheckpointIsNotTheCommits() {
    Figures figures =
        new Figures(
            NOW_MS,
            Optional.empty(),
            OptionalLong.empty(),
            Optional.of(new Checkpoint(8, "s3://flink/chk-8", NOW_MS, 1)),
            Optional.of(tables(7)));

    assertThat(figures.committed()).isEqualTo("7");
  }

  @Test
  void bytesHaveThreeDigitsAndAUnit() {
    assertThat(Figures.bytes(0)).isEqualTo("0 B");
    assertThat(Figures.bytes(999)).isEqualTo("999 B");
    assertThat(Figures.bytes(999_500)).isEqualTo("1.0 MB");
    assertThat(Figures.bytes(12_345)).isEqualTo("12.3 KB");
    assertThat(Figures.bytes(2_718_000_000L)).isEqualTo("2.7 GB");
  }
}
