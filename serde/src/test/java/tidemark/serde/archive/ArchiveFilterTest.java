package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import tidemark.serde.archive.ArchiveBlock.Kind;

class ArchiveFilterTest {
  private static ArchiveBlock block(String org, Kind kind, long earliestMs, long latestMs) {
    return new ArchiveBlock(0, 0, "t", 3, org, kind, 8, 1, 1, 1, 10, 19, earliestMs, latestMs);
  }

  @Test
  void timesAreHalfOpenAgainstClosed() {
    ArchiveBlock block = block("a", Kind.POINTS, 100, 200);
    assertThat(ArchiveFilter.all().times(200, 201).chooses(block)).isTrue();
    assertThat(ArchiveFilter.all().times(201, 300).chooses(block)).isFalse();
    assertThat(ArchiveFilter.all().times(50, 101).chooses(block)).isTrue();
    assertThat(ArchiveFilter.all().times(50, 100).chooses(block)).isFalse();
    assertThat(ArchiveFilter.all().times(120, 130).chooses(block)).isTrue();
  }

  @Test
  void everyTimeIsATime() {
    ArchiveBlock last = block("a", Kind.POINTS, Long.MAX_VALUE, Long.MAX_VALUE);
    ArchiveBlock first = block("a", Kind.POINTS, Long.MIN_VALUE, Long.MIN_VALUE);
    assertThat(ArchiveFilter.all().chooses(last)).isTrue();
    assertThat(ArchiveFilter.all().chooses(first)).isTrue();
    assertThat(ArchiveFilter.all().times(0, 1).chooses(last)).isFalse();
    assertThat(ArchiveFilter.all().times(0, 1).chooses(first)).isFalse();
  }

  @Test
  void offsetsAreHalfOpenAndOfNamedPartitionsOnly() {
    ArchiveBlock block = block("a", Kind.POINTS, 0, 0);
    assertThat(ArchiveFilter.all().partition("t", 3, 19, 20).chooses(block)).isTrue();
    assertThat(ArchiveFilter.all().partition("t", 3, 20, 30).chooses(block)).isFalse();
    assertThat(ArchiveFilter.all().partition("t", 3, 0, 11).chooses(block)).isTrue();
    assertThat(ArchiveFilter.all().partition("t", 3, 0, 10).chooses(block)).isFalse();
    assertThat(ArchiveFilter.all().partition("t", 2, 0, 99).chooses(block)).isFalse();
    assertThat(ArchiveFilter.all().partition("u", 3, 0, 99).chooses(block)).isFalse();
    assertThat(
            ArchiveFilter.all().partition("u", 3, 0, 99).partition("t", 3, 12, 13).chooses(block))
        .isTrue();
  }

  @Test
  void orgsChooseTheirOwnAndNobodys() {
    ArchiveFilter filter = ArchiveFilter.all().orgs(Set.of("a", "b"));
    assertThat(filter.chooses(block("a", Kind.POINTS, 0, 0))).isTrue();
    assertThat(filter.chooses(block("", Kind.POINTS, 0, 0))).isTrue();
    assertThat(filter.chooses(block("c", Kind.POINTS, 0, 0))).isFalse();
  }

  @Test
  void heartbeatsAreChosenUnlessToldOtherwise() {
    ArchiveBlock heartbeats = block("", Kind.HEARTBEATS, Long.MIN_VALUE, Long.MAX_VALUE);
    ArchiveFilter filter = ArchiveFilter.all().orgs(Set.of("a")).times(5, 6);
    assertThat(filter.chooses(heartbeats)).isTrue();
    assertThat(filter.withoutHeartbeats().chooses(heartbeats)).isFalse();
    assertThat(filter.partition("t", 3, 0, 10).chooses(heartbeats)).isFalse();
  }

  @Test
  void rangesAreChecked() {
    assertThatThrownBy(() -> ArchiveFilter.all().times(5, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("times must begin before they end, got 5 to 5");
    assertThatThrownBy(() -> ArchiveFilter.all().partition("t", 0, 6, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("offsets must begin at 0 or above and not end before they begin, got 6 to 5");
    assertThatThrownBy(() -> ArchiveFilter.all().orgs(Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("at least 1 org must be named, got none");
  }
}
