package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.state.definition.TextPattern;
import tidemark.state.selection.PointSelection;

class ReplayRequestTest {

  @Test
  void defaults() {
    assertThat(request(Map.of("tidemark.replay.branch", "b")))
        .isEqualTo(
            new ReplayRequest(
                "b", "main", PointSelection.ALL, ReplayOptions.Rules.NONE, 0, 120_000));
  }

  @Test
  void everyKeyArrives() {
    assertThat(
            request(
                Map.of(
                    "tidemark.replay.branch", "b",
                    "tidemark.replay.of", "other",
                    "tidemark.replay.from", "2026-11-22T10:00:00Z",
                    "tidemark.replay.to", "2026-11-22T12:00:00Z",
                    "tidemark.replay.orgs", "globex, acme",
                    "tidemark.replay.metrics", "cpu,disk.*",
                    "tidemark.replay.parallelism", "3",
                    "tidemark.replay.retry-for", "1 s")))
        .isEqualTo(
            new ReplayRequest(
                "b",
                "other",
                new PointSelection(
                    List.of("acme", "globex"),
                    List.of(new TextPattern("cpu"), new TextPattern("disk.*")),
                    Instant.parse("2026-11-22T10:00:00Z").toEpochMilli(),
                    Instant.parse("2026-11-22T12:00:00Z").toEpochMilli()),
                ReplayOptions.Rules.NONE,
                3,
                1_000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from=2026-11-22T10:30:00Z|from must be a full hour, or hours would be counted by half",
        "to=yesterday|to must be a time such as 2026-11-22T10:00:00Z, got yesterday",
        "parallelism=-1|parallelism must be at least 0, got -1",
        "of=b|branch must be another branch than the one it is measured against, got b"
      })
  void refuses(String setting, String message) {
    String[] pair = setting.split("=", 2);
    assertThatThrownBy(
            () ->
                request(
                    Map.of("tidemark.replay.branch", "b", "tidemark.replay." + pair[0], pair[1])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tidemark.replay." + message);
  }

  @Test
  void theBranchMustBeNamed() {
    assertThatThrownBy(() -> request(Map.of())).hasMessage("tidemark.replay.branch must be set");
  }

  private static ReplayRequest request(Map<String, String> options) {
    return ReplayRequest.from(Configuration.fromMap(options));
  }
}
