package tidemark.operators.admit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tidemark.state.selection.OrgTimes;
import tidemark.state.selection.PointSelection;
import tidemark.state.selection.ShardMap;
import tidemark.state.selection.ShardNumbers;
import tidemark.state.selection.ShardShare;

/** What records that cannot be decoded name as their org may be anything, each time another. */
class SeriesRegistryTest {
  private static final int MOST = 20;

  private static SeriesRegistry registry() {
    ShardShare share = new ShardShare(ShardMap.first(4), ShardNumbers.parse("0-1", "shards"));
    return new SeriesRegistry(
        new AdmitConfig(0, 0, 2, 8, 8, 1_000, MOST, PointSelection.ALL, share), 1L);
  }

  @Test
  void orgsWithoutSeriesAreForgottenLikeSeries() {
    SeriesRegistry registry = registry();
    for (int i = 0; i < MOST; i++) {
      assertThat(registry.isFull()).as("%d orgs", i).isFalse();
      registry.timesOf("org" + i);
    }
    assertThat(registry.isFull()).isTrue();
    registry.clear(2L);
    assertThat(registry.isFull()).isFalse();
  }

  @Test
  void textsThatAreNoOrgAreKeptAsOne() {
    SeriesRegistry registry = registry();
    OrgTimes none = registry.timesOf("");
    for (int i = 0; i < 10 * MOST; i++) {
      assertThat(registry.timesOf("x".repeat(200) + i)).isSameAs(none);
    }
    assertThat(registry.isFull()).isFalse();
  }
}
