package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Codes and labels are in stored bytes, rows and dead letters: this list is appended to only. */
class FrozenLabelsTest {

  @Test
  void metricTypesKeepTheirCodesAndLabels() {
    assertThat(MetricType.values())
        .extracting(type -> type.code() + " " + type.label())
        .containsExactly("1 counter", "2 gauge", "3 distribution");
    for (MetricType type : MetricType.values()) {
      assertThat(MetricType.ofCode(type.code())).isEqualTo(type);
      assertThat(MetricType.ofLabel(type.label())).isEqualTo(type);
    }
  }

  @Test
  void otherCodesAndLabelsAreRefused() {
    for (int code : new int[] {-1, 0, 4, Integer.MIN_VALUE}) {
      assertThat(MetricType.isCode(code)).isFalse();
      assertThatThrownBy(() -> MetricType.ofCode(code))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("metric type code must be 1 to 3, got " + code);
    }
    assertThatThrownBy(() -> MetricType.ofLabel("COUNTER"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("metric type must be counter, gauge or distribution, got COUNTER");
  }

  @Test
  void refusalsAreToldApartByTheirLabels() {
    assertThat(Arrays.stream(Refusal.values()).map(Refusal::label))
        .doesNotHaveDuplicates()
        .allMatch(label -> label.matches("[a-z0-9]+(-[a-z0-9]+)*"))
        .contains(
            "malformed",
            "empty",
            "unknown-format",
            "oversized",
            "no-org",
            "bad-heartbeat",
            "invalid-utf8",
            "empty-name",
            "name-too-long",
            "too-many-tags",
            "tag-too-long",
            "empty-tag",
            "duplicate-tag",
            "not-finite",
            "out-of-range",
            "negative-timestamp",
            "future-timestamp",
            "too-old",
            "series-budget",
            "cumulative-temporality",
            "explicit-histogram",
            "summary",
            "unknown-metric-kind",
            "missing-sum",
            "bad-histogram",
            "reserved-name");
  }
}
