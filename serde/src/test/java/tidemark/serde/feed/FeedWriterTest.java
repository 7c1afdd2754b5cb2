package tidemark.serde.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedWriterTest {
  private static final FeedWriter OLD = writer(1_000L, 0L, 10, 19);

  private static FeedWriter writer(long startedMs, long restored, int first, int last) {
    return new FeedWriter(
        new UUID(1, 2), new UUID(startedMs, first), startedMs, restored, first, last);
  }

  @ParameterizedTest(name = "started {0}, restored {1}, rows after {2}: {3}")
  @CsvSource({
    // started, restored, after, dead
    "1001, 7, 7, true", // sent again from the same barrier on
    "1001, 7, 8, true",
    "1001, 7, 6, false", // before the checkpoint: it covers them
    "1001, 0, 0, true",
    "1000, 7, 7, false", // not later: a neighbour of the same start
    "999, 7, 7, false",
    "999, 7, 8, false",
    "1000, 7, 6, false",
    "999, 7, 6, false",
  })
  void aLaterWriterSupersedesWhatItSendsAgain(
      long startedMs, long restored, long after, boolean isDead) {
    assertThat(writer(startedMs, restored, 10, 19).supersedes(OLD, after)).isEqualTo(isDead);
    assertThat(writer(startedMs, restored, 20, 29).supersedes(OLD, after)).isFalse();
  }

  @ParameterizedTest(name = "{0} to {1}")
  @CsvSource({
    "0, 9, false",
    "0, 10, true",
    "10, 19, true",
    "12, 13, true",
    "19, 25, true",
    "20, 25, false",
    "0, 65535, true",
    "10, 10, true",
    "19, 19, true",
    "9, 9, false",
    "20, 20, false"
  })
  void overlapIsOneCommonKeyGroupOrMore(int first, int last, boolean isOverlap) {
    FeedWriter other = writer(1L, 0L, first, last);
    assertThat(OLD.overlaps(other)).isEqualTo(isOverlap);
    assertThat(other.overlaps(OLD)).isEqualTo(isOverlap);
  }

  @Test
  void refusesWhatNoTaskIs() {
    assertThatThrownBy(() -> writer(1L, -1L, 0, 0))
        .hasMessage("a restored checkpoint must be at least 0, got -1");
    assertThatThrownBy(() -> writer(1L, 0L, -1, 0))
        .hasMessage("key groups must be a range within 0 to 65535, got -1 to 0");
    assertThatThrownBy(() -> writer(1L, 0L, 2, 1))
        .hasMessage("key groups must be a range within 0 to 65535, got 2 to 1");
    assertThatThrownBy(() -> writer(1L, 0L, 0, 65_536))
        .hasMessage("key groups must be a range within 0 to 65535, got 0 to 65536");
  }
}
