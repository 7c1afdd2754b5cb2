package tidemark.operators.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tidemark.serde.archive.PartitionSummary;
import tidemark.serde.archive.RecordFacts;

/** A range of a file from 10 to 50, with jumps, and what Kafka still has. */
class FileRangesTest {

  private static String ranges(long logStart, OffsetJump... jumps) {
    SealedFile file = file(10, 50, jumps);
    var epoch = new ArchiveState.Epoch(1, "1-a", List.of(file));
    StringBuilder text = new StringBuilder();
    FileRanges.of(epoch, Map.of("t", "id"), Map.of("t", Map.of(0, logStart)))
        .forEach(range -> text.append(" %d-%d".formatted(range.from(), range.to())));
    return text.toString().strip();
  }

  static SealedFile file(long from, long to, OffsetJump... jumps) {
    PartitionSummary summary = new PartitionSummary("t", 0, from, to, 1, 1, 1);
    return new SealedFile("f", 9, 1, List.of(new SealedPart(summary, 1, 2, Arrays.asList(jumps))));
  }

  @Test
  void withoutJumpsTheRangeIsTheFiles() {
    assertThat(ranges(0)).isEqualTo("10-50");
    assertThat(ranges(99)).isEqualTo("10-50");
  }

  @Test
  void whatKafkaStillHasWasNoRecord() {
    assertThat(ranges(0, new OffsetJump(5, 10), new OffsetJump(20, 30))).isEqualTo("5-20 20-50");
    assertThat(ranges(20, new OffsetJump(20, 30))).isEqualTo("10-20 20-50");
  }

  @Test
  void whatKafkaHasDroppedIsLeftOut() {
    assertThat(ranges(40, new OffsetJump(5, 10), new OffsetJump(20, 30))).isEqualTo("10-20 30-50");
    assertThat(ranges(25, new OffsetJump(20, 30))).isEqualTo("10-20 25-50");
    assertThat(ranges(7, new OffsetJump(5, 10))).isEqualTo("7-50");
    assertThat(ranges(40, new OffsetJump(10, 30))).isEqualTo("30-50");
  }

  @Test
  void jumpsOverARestartAreKnown() {
    ReadEnds ends = ReadEnds.startingAt(Map.of("t", new TreeMap<>(Map.of(0, 4L))));
    assertThat(ends.take(file(10, 20))).isEqualTo(file(10, 20, new OffsetJump(4, 10)));
    assertThat(ends.take(file(20, 30))).isEqualTo(file(20, 30));
    assertThat(ends.take(file(15, 25))).as("read again").isEqualTo(file(15, 25));
    assertThat(ReadEnds.startingAt(Map.of()).take(file(10, 20)))
        .as("a partition is read from its beginning")
        .isEqualTo(file(10, 20, new OffsetJump(0, 10)));
    assertThat(ReadEnds.unknown().take(file(10, 20))).isEqualTo(file(10, 20));
  }

  @Test
  void manyJumpsAreJoined() {
    PartitionReading reading = new PartitionReading();
    reading.begin(0);
    for (int i = 0; i <= PartitionReading.MAX_JUMPS + 5; i++) {
      reading.add(2L * i, new NoFacts());
    }
    assertThat(reading.jumps()).hasSize(PartitionReading.MAX_JUMPS);
    assertThat(reading.jumps().get(PartitionReading.MAX_JUMPS - 1))
        .isEqualTo(
            new OffsetJump(
                2L * PartitionReading.MAX_JUMPS - 1, 2L * (PartitionReading.MAX_JUMPS + 5)));
  }

  private static final class NoFacts implements RecordFacts {
    @Override
    public String org() {
      return "";
    }

    @Override
    public boolean isHeartbeat() {
      return true;
    }

    @Override
    public long earliestMs() {
      return 0;
    }

    @Override
    public long latestMs() {
      return 0;
    }
  }
}
