package tidemark.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tidemark.serde.wire.NativeBatchDecoder;
import tidemark.serde.wire.PointBlock;
import tidemark.serde.wire.SeriesKey;
import tidemark.serde.wire.SeriesResolution;
import tidemark.state.SeriesIdentity;
import tidemark.state.SeriesLimits;

class NativeRecordsTest {
  private static final int SERIES = 2_500;
  private static final int POINTS_PER_WINDOW = 10;

  private static final Series HOT =
      new Series(
          "metric.name.number.0",
          List.of("az:us-east-1a", "env:prod", "host:i-0", "service:svc-0"));

  private record Series(String metric, List<String> tags) {}

  @Test
  void theHotSeriesHasHalfOfThePointsOfEachRecord() throws Exception {
    Workload workload = new Workload(SERIES, POINTS_PER_WINDOW, 2, 1, Set.of(Trait.HOT));
    NativeRecords records = new NativeRecords(workload);
    Map<Series, Integer> points = new HashMap<>();
    for (int window = 0; window < workload.windows(); window++) {
      for (int group = 0; group < workload.groups(); group++) {
        Map<Series, Integer> ofRecord = pointsBySeries(records.record(group, window, 0));
        int all = ofRecord.values().stream().mapToInt(count -> count).sum();
        assertThat(ofRecord.get(HOT)).isBetween(all / 2, all / 2 + POINTS_PER_WINDOW / 2);
        ofRecord.forEach((series, count) -> points.merge(series, count, Integer::sum));
      }
    }
    assertThat(points).hasSize(SERIES);
    int all = points.values().stream().mapToInt(count -> count).sum();
    assertThat(all).isEqualTo(workload.points()).isEqualTo(SERIES * POINTS_PER_WINDOW * 2);
    assertThat(points.remove(HOT))
        .isEqualTo(all / 2 + POINTS_PER_WINDOW); // and its own of two windows
    assertThat(points.values()).containsOnly(POINTS_PER_WINDOW);
  }

  private static Map<Series, Integer> pointsBySeries(byte[] record) {
    PointBlock block = new PointBlock();
    new NativeBatchDecoder().decode(record, "", block);
    assertThat(block.refused()).isEmpty();
    Map<Series, Integer> points = new HashMap<>();
    for (int i = 0; i < block.seriesCount(); i++) {
      int end = i + 1 < block.seriesCount() ? block.firstPoint(i + 1) : block.pointCount();
      points.merge(series(block, i), end - block.firstPoint(i), Integer::sum);
    }
    return points;
  }

  private static Series series(PointBlock block, int number) {
    SeriesResolution resolution =
        SeriesKey.resolve(
            block.keys(),
            block.keyStart(number),
            block.keyLength(number),
            new SeriesLimits(64, 200, 200));
    SeriesIdentity identity = ((SeriesResolution.Accepted) resolution).identity();
    return new Series(identity.metric(), identity.tags());
  }

  @Test
  void anOddNumberOfPointsHasNoHalf() {
    assertThatThrownBy(() -> new Workload(SERIES, 1, 2, 1, Set.of(Trait.HOT)))
        .hasMessageContaining("even number");
  }
}
