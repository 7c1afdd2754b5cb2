package tidemark.serde.verdict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tidemark.state.monitor.Alert;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;
import tidemark.state.monitor.WindowValue;

class VerdictJsonTest {
  private static final Verdict FULL =
      new Verdict(
          "ab12",
          2,
          new VerdictSubject("acme", "too-hot", 3, List.of("host:h:1", "zone:")),
          60_000L,
          120_000L,
          VerdictStatus.ALERT,
          97.25,
          12,
          new Evidence(119_999L, Completeness.PROVEN, "{\"points/0\":17}", List.of()),
          EnumSet.of(VerdictMark.LATE, VerdictMark.AMENDED));

  private static final String GOLDEN =
      "{\"v\":1,\"id\":\"ab12\",\"revision\":2,\"org\":\"acme\",\"monitor\":\"too-hot\",\"version\":3,"
          + "\"group\":{\"host\":\"h:1\",\"zone\":\"\"},\"window_start_ms\":60000,"
          + "\"window_end_ms\":120000,\"status\":\"alert\",\"value\":97.25,\"points\":12,"
          + "\"watermark_ms\":119999,\"completeness\":\"proven\",\"offsets\":{\"points/0\":17},"
          + "\"holding\":[],\"marks\":[\"late\",\"amended\"]";

  @Test
  void goldenVersion1() {
    assertThat(new String(VerdictJson.of(FULL), UTF_8)).isEqualTo(GOLDEN + "}");
    assertThat(new String(VerdictJson.of(new Alert(FULL, VerdictStatus.NO_DATA)), UTF_8))
        .isEqualTo(GOLDEN + ",\"before\":\"no_data\"}");
  }

  @Test
  void whatWasWrittenIsRead() {
    Verdict empty =
        new Verdict(
            "cd",
            0,
            new VerdictSubject("acme", "quiet", 1, List.of()),
            0L,
            10_000L,
            VerdictStatus.INCOMPLETE,
            WindowValue.NONE,
            0,
            new Evidence(
                Long.MIN_VALUE, Completeness.ESTIMATED, "{}", List.of("points/1", "points/3")),
            Set.of());
    assertThat(VerdictJson.verdict(VerdictJson.of(FULL))).isEqualTo(FULL);
    assertThat(VerdictJson.verdict(VerdictJson.of(empty))).isEqualTo(empty);
    assertThat(VerdictJson.before(VerdictJson.of(FULL))).isEmpty();
    assertThat(VerdictJson.before(VerdictJson.of(new Alert(FULL, VerdictStatus.OK))))
        .contains(VerdictStatus.OK);
  }

  @Test
  void whatIsNoVerdictIsRefused() {
    for (String wrong :
        List.of("", "x", "[]", "{}", "{\"v\":2}", GOLDEN.replace("\"org\":\"acme\",", "") + "}")) {
      assertThatThrownBy(() -> VerdictJson.verdict(wrong.getBytes(UTF_8)))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
