package tidemark.operators.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.state.selection.PointSelection;

class ArchiveSourceReaderTest {
  private static final ReplayConfig ALL = config(PointSelection.ALL);

  @TempDir Path folder;

  private static ReplayConfig config(PointSelection selection) {
    return new ReplayConfig(selection, "native", "", 0);
  }

  private static TestReader read(ReplayConfig config, List<ArchiveSplit> splits) throws Exception {
    TestReader reader = new TestReader(config);
    reader.reader.addSplits(splits);
    reader.reader.notifyNoMoreSplits();
    return reader;
  }

  private static List<String> names(List<TestReader.Came> came) {
    return came.stream().map(each -> each.partition() + "/" + each.offset()).toList();
  }

  /** A snapshot after any record, restored, goes on with the record that came next. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void aRestoredReaderGoesOnWhereItWas(long seed) throws Exception {
    Random random = new Random(seed);
    TestArchive archive = new TestArchive(folder, random, 1 + random.nextInt(5));
    List<TestReader.Came> whole;
    try (TestReader reader = read(ALL, archive.splits)) {
      assertThat(reader.readUntil(Integer.MAX_VALUE)).isEqualTo(InputStatus.END_OF_INPUT);
      whole = reader.came;
      assertThat(reader.released).hasSameSizeAs(archive.splits);
    }
    assertThat(names(whole))
        .as("seed %s", seed)
        .containsExactlyInAnyOrderElementsOf(
            archive.entries.stream()
                .filter(archive::isInRange)
                .map(TestArchive.Entry::name)
                .toList());
    whole.stream()
        .filter(each -> each.heartbeatMs() == Long.MIN_VALUE)
        .forEach(
            each -> assertThat(each.value()).isEqualTo(each.partition() + "/" + each.offset()));
    for (int at = 0; at <= whole.size(); at += 1 + random.nextInt(whole.size() / 60 + 1)) {
      assertGoesOn(archive.splits, whole, at, seed);
    }
  }

  private static void assertGoesOn(
      List<ArchiveSplit> splits, List<TestReader.Came> whole, int at, long seed) throws Exception {
    List<TestReader.Came> came = new ArrayList<>();
    List<ArchiveSplit> left = new ArrayList<>();
    try (TestReader reader = read(ALL, splits)) {
      reader.readUntil(at);
      for (ArchiveSplit split : reader.reader.snapshotState(1L)) {
        byte[] bytes = ArchiveSplitSerializer.INSTANCE.serialize(split);
        left.add(ArchiveSplitSerializer.INSTANCE.deserialize(1, bytes));
      }
      came.addAll(reader.came);
      reader.readUntil(at + 3); // a snapshot changes nothing for who took it
      assertThat(reader.came).isEqualTo(whole.subList(0, Math.min(whole.size(), at + 3)));
    }
    try (TestReader reader = read(ALL, left)) {
      reader.readUntil(Integer.MAX_VALUE);
      came.addAll(reader.came);
    }
    assertThat(names(came))
        .as("seed %s, snapshot after %s", seed, at)
        .containsExactlyInAnyOrderElementsOf(names(whole));
  }

  /** Heartbeats of the splits that are not at their end stay as close together as segments let. */
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26})
  void whoIsFurthestBehindIsReadNext(long seed) throws Exception {
    Random random = new Random(seed);
    TestArchive archive = new TestArchive(folder, random, 4);
    try (TestReader reader = read(ALL, archive.splits)) {
      Map<String, Long> heartbeats = new HashMap<>();
      archive.splits.forEach(split -> heartbeats.put(split.splitId(), Long.MIN_VALUE));
      String before = "";
      boolean wasHeartbeat = false;
      int switches = 0;
      while (reader.readUntil(reader.came.size() + 1) == InputStatus.MORE_AVAILABLE) {
        TestReader.Came last = reader.came.get(reader.came.size() - 1);
        reader.released.forEach(heartbeats::remove);
        // heartbeats come last in a segment, so a point behind one is of the next segment
        boolean isNextSegment = wasHeartbeat && last.heartbeatMs() == Long.MIN_VALUE;
        if (!last.split().equals(before) || isNextSegment) {
          long least = heartbeats.values().stream().mapToLong(Long::longValue).min().orElseThrow();
          assertThat(heartbeats.get(last.split())).as("seed %s, %s", seed, last).isEqualTo(least);
          switches++;
        }
        before = last.split();
        wasHeartbeat = last.heartbeatMs() != Long.MIN_VALUE;
        heartbeats.merge(last.split(), last.heartbeatMs(), Math::max);
      }
      assertThat(switches).as("seed %s", seed).isGreaterThanOrEqualTo(archive.splits.size());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34})
  void aSelectionReadsAllThatItTakesAndLittleElse(long seed) throws Exception {
    Random random = new Random(seed);
    TestArchive archive = new TestArchive(folder, random, 3);
    long middleMs = archive.entries.get(archive.entries.size() / 2).timeMs();
    PointSelection selection =
        new PointSelection(List.of("acme"), List.of(), middleMs - 20_000, middleMs + 20_000);
    try (TestReader reader = read(config(selection), archive.splits)) {
      reader.readUntil(Integer.MAX_VALUE);
      assertThat(names(reader.came))
          .as("seed %s", seed)
          .doesNotHaveDuplicates()
          .containsAll(
              archive.entries.stream()
                  .filter(archive::isInRange)
                  .filter(each -> each.isHeartbeat() || each.org().equals("acme"))
                  .filter(each -> each.isHeartbeat() || selection.takesTime(each.timeMs()))
                  .map(TestArchive.Entry::name)
                  .toList());
      assertThat(reader.came).noneMatch(each -> each.org().equals("b"));
    }
  }

  @Test
  void aReaderWithoutSplitsEnds() throws Exception {
    try (TestReader reader = new TestReader(ALL)) {
      assertThat(reader.readUntil(1)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
      assertThat(reader.reader.isAvailable()).isNotDone();
      reader.reader.notifyNoMoreSplits();
      assertThat(reader.reader.isAvailable()).isDone();
      assertThat(reader.readUntil(1)).isEqualTo(InputStatus.END_OF_INPUT);
      assertThat(reader.progress).containsExactly(new ReplayProgress(0, 0));
    }
  }

  /** Else the first split's heartbeats would be the task's watermark before the second is known. */
  @Test
  void nothingIsReadBeforeAllSplitsAreKnown() throws Exception {
    TestArchive archive = new TestArchive(folder, new Random(1), 2);
    try (TestReader reader = new TestReader(ALL)) {
      reader.reader.addSplits(archive.splits.subList(0, 1));
      assertThat(reader.readUntil(1)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
      assertThat(reader.came).isEmpty();
    }
  }

  @Test
  void progressComesToAnEnd() throws Exception {
    TestArchive archive = new TestArchive(folder, new Random(1), 3);
    try (TestReader reader = read(ALL, archive.splits)) {
      reader.readUntil(Integer.MAX_VALUE);
      assertThat(reader.progress.size()).isBetween(2, 210);
      assertThat(reader.progress.get(reader.progress.size() - 1))
          .isEqualTo(new ReplayProgress(reader.came.size(), 0));
      for (int i = 1; i < reader.progress.size(); i++) {
        assertThat(reader.progress.get(i).weightLeft())
            .isLessThan(reader.progress.get(i - 1).weightLeft());
      }
    }
  }

  @Test
  void aFileThatIsNotThereFailsAtOnce() throws Exception {
    ArchiveSplit.Range range =
        new ArchiveSplit.Range(folder.resolve("gone.tma").toUri().toString(), 100, 0, 1, 1);
    ReplayConfig patient = new ReplayConfig(PointSelection.ALL, "native", "", 600_000);
    try (TestReader reader = read(patient, List.of(ArchiveSplit.of("points", 0, List.of(range))))) {
      assertThatThrownBy(() -> reader.readUntil(1))
          .isInstanceOf(FileNotFoundException.class)
          .hasMessageContaining("gone.tma");
    }
  }
}
