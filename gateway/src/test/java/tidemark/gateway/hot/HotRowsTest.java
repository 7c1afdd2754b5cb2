package tidemark.gateway.hot;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import org.duckdb.DuckDBConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tidemark.serde.feed.FeedRecord;
import tidemark.serde.feed.FeedWriter;

/** How far windows are closed, by the writers of one chain of roll ups or of both. */
class HotRowsTest {
  private static final UUID JOB = new UUID(1, 2);
  private static final Committed COMMITTED =
      new Committed("lineage-1", 1, Map.of(JOB, Long.MAX_VALUE));
  private static final int SEEDS = 500;

  private HotRows hot;
  private int writers;

  @BeforeEach
  void open() throws SQLException {
    hot =
        new HotRows(
            (DuckDBConnection) DriverManager.getConnection("jdbc:duckdb:"),
            1,
            100,
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
  }

  @AfterEach
  void close() throws SQLException {
    hot.close();
  }

  private FeedWriter writer(long startedMs, long restored, int first, int last) {
    return new FeedWriter(JOB, new UUID(3, writers++), startedMs, restored, first, last);
  }

  private FeedWriter start(int first, int last) throws SQLException {
    FeedWriter writer = writer(1, 0, first, last);
    hot.accept(0, FeedRecord.started(writer));
    return writer;
  }

  private void tell(FeedWriter writer, long watermarkMs) throws SQLException {
    hot.accept(0, FeedRecord.watermark(writer, 1, watermarkMs));
  }

  private OptionalLong watermarkMs() throws SQLException {
    hot.show();
    HotView view = hot.view(COMMITTED);
    assertThat(view.state()).isEqualTo(HotView.State.LIVE);
    return view.watermarkMs();
  }

  @Test
  void oneChainClosesWindowsAlone() throws SQLException {
    FeedWriter low = start(0, 63);
    FeedWriter high = start(64, 127);
    tell(low, 5_000);
    assertThat(watermarkMs()).isEmpty();
    tell(high, 4_000);
    assertThat(watermarkMs()).hasValue(4_000);
  }

  @Test
  void aWriterOfTheSecondChainHoldsWindowsOpen() throws SQLException {
    tell(start(0, 127), 5_000);
    FeedWriter second = start(32_768, 32_768 + 127);
    assertThat(watermarkMs()).as("nothing was told by the second chain").isEmpty();
    tell(second, 3_000);
    assertThat(watermarkMs()).hasValue(3_000);
    tell(second, 9_000);
    assertThat(watermarkMs()).hasValue(5_000);
  }

  @Test
  void aPartOfTheSecondChainIsNotEnough() throws SQLException {
    tell(start(0, 127), 5_000);
    tell(start(32_768, 32_768 + 63), 5_000);
    assertThat(watermarkMs()).isEmpty();
    tell(start(32_768 + 64, 32_768 + 127), 6_000);
    assertThat(watermarkMs()).hasValue(5_000);
  }

  @Test
  void theSecondChainAloneClosesNothing() throws SQLException {
    tell(start(32_768, 32_768 + 127), 5_000);
    assertThat(watermarkMs()).isEmpty();
  }

  @Test
  void aChainDoesNotSucceedTheOther() throws SQLException {
    tell(start(0, 127), 5_000);
    FeedWriter later = writer(2, 0, 32_768, 32_768 + 127);
    hot.accept(0, FeedRecord.started(later));
    tell(later, 7_000);
    assertThat(watermarkMs()).hasValue(5_000);
  }

  @Test
  void aSecondChainThatAnotherStartHadIsNoLongerWaitedForOnceItIsDropped() throws SQLException {
    UUID before = new UUID(9, 9);
    FeedWriter old = new FeedWriter(before, new UUID(3, 99), 1, 0, 32_768, 32_768 + 127);
    hot.accept(0, FeedRecord.started(old));
    tell(start(0, 127), 5_000);
    Committed fenced = new Committed("lineage-1", 1, Map.of(JOB, Long.MAX_VALUE, before, 1L));
    hot.show();
    hot.evict(fenced);
    assertThat(hot.view(fenced).watermarkMs()).hasValue(5_000);
  }

  @Test
  void bothChainsAreCoveredForAnyDivision() throws SQLException {
    System.out.println("HotRowsTest seeds 0 to " + (SEEDS - 1));
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      int keyGroups = 1 + random.nextInt(200);
      List<int[]> ranges = new ArrayList<>();
      divide(random, 0, keyGroups, ranges);
      divide(random, 32_768, keyGroups, ranges);
      Collections.shuffle(ranges, random);
      int missing = random.nextBoolean() ? random.nextInt(ranges.size()) : -1;
      long least = Long.MAX_VALUE;
      close();
      open();
      // each chain was whole once, so that the number of key groups is known
      hot.accept(0, FeedRecord.started(writer(1, 0, 0, keyGroups - 1)));
      hot.accept(0, FeedRecord.started(writer(1, 0, 32_768, 32_768 + keyGroups - 1)));
      for (int i = 0; i < ranges.size(); i++) {
        FeedWriter writer = writer(2, 0, ranges.get(i)[0], ranges.get(i)[1]);
        hot.accept(0, FeedRecord.started(writer));
        if (i != missing) {
          long told = random.nextInt(1_000_000);
          tell(writer, told);
          least = Math.min(least, told);
        }
      }
      OptionalLong expected = missing < 0 ? OptionalLong.of(least) : OptionalLong.empty();
      assertThat(watermarkMs()).as("seed %s", seed).isEqualTo(expected);
    }
  }

  /** Neighbouring ranges that are all key groups of a chain. */
  private static void divide(Random random, int first, int keyGroups, List<int[]> ranges) {
    int next = 0;
    while (next < keyGroups) {
      int length = 1 + random.nextInt(keyGroups - next);
      ranges.add(new int[] {first + next, first + next + length - 1});
      next += length;
    }
  }
}
