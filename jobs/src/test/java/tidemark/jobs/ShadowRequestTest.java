package tidemark.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class ShadowRequestTest {
  private static ShadowRequest request(Map<String, String> options) {
    return ShadowRequest.from(Configuration.fromMap(options));
  }

  @Test
  void aBranchIsEnough() {
    assertThat(request(Map.of("tidemark.shadow.branch", "next")))
        .isEqualTo(new ShadowRequest("next", ShadowRequest.NEXT_HOUR, 600_000));
  }

  @Test
  void everyKeyIsRead() {
    assertThat(
            request(
                Map.of(
                    "tidemark.shadow.branch", "next",
                    "tidemark.shadow.from", "2026-11-22T10:00:00Z",
                    "tidemark.shadow.wait-for", "5 s")))
        .isEqualTo(new ShadowRequest("next", 1_795_341_600_000L, 5_000));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThatThrownBy(() -> request(Map.of())).hasMessage("tidemark.shadow.branch must be set");
    assertThatThrownBy(() -> request(Map.of("tidemark.shadow.branch", "main")))
        .hasMessage("tidemark.shadow.branch must be another branch than main, got 'main'");
    assertThatThrownBy(
            () ->
                request(
                    Map.of(
                        "tidemark.shadow.branch", "next",
                        "tidemark.shadow.from", "2026-11-22T10:30:00Z")))
        .hasMessageContaining("tidemark.shadow.from must be a full hour");
    assertThatThrownBy(() -> new ShadowRequest("next", 0, -1))
        .hasMessage("tidemark.shadow.wait-for must be at least 0 ms, got -1 ms");
    assertThatThrownBy(() -> ShadowOptions.parse(new String[] {"--tidemark.feed.topic", "feed"}))
        .hasMessageContaining("there is no option tidemark.feed.topic");
  }
}
