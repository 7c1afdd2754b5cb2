package tidemark.serde.partial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.partial.IntakeStatus.Partition;

class IntakeStatusTest {
  private static final IntakeStatus BOTH =
      status(
          Map.of("t/0", new Partition(5L, 1_000L), "t/1", new Partition(7L, 2_000L)),
          Map.of("t", 2),
          3_000L,
          Set.of("t/0"));

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void mergingIsCommutativeAssociativeAndIdempotent(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      IntakeStatus a = random(random);
      IntakeStatus b = random(random);
      IntakeStatus c = random(random);
      assertThat(a.merge(b)).as("seed %s", seed).isEqualTo(b.merge(a));
      assertThat(a.merge(b).merge(c)).as("seed %s", seed).isEqualTo(a.merge(b.merge(c)));
      assertThat(a.merge(a)).as("seed %s", seed).isEqualTo(a);
      assertThat(a.merge(IntakeStatus.empty())).as("seed %s", seed).isEqualTo(a);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void bytesComeBack(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      IntakeStatus status = random(random);
      byte[] bytes = status.toBytes();
      assertThat(IntakeStatus.ofBytes(bytes, bytes.length)).as("seed %s", seed).isEqualTo(status);
    }
  }

  @Test
  void theLeastHeartbeatProvesWhatIsBeforeIt() {
    assertThat(BOTH.provenMs()).isEqualTo(999L);
    assertThat(BOTH.proves(999L)).isTrue();
    assertThat(BOTH.proves(1_000L)).isFalse();
  }

  @Test
  void aPartitionThatNobodyReadProvesNothing() {
    assertThat(status(BOTH.partitions(), Map.of("t", 3), 0L, Set.of()).proves(0L)).isFalse();
    assertThat(status(BOTH.partitions(), Map.of("t", 2, "u", 1), 0L, Set.of()).provenMs())
        .isEqualTo(IntakeStatus.UNKNOWN);
  }

  @Test
  void aPartitionWithoutHeartbeatsProvesNothing() {
    IntakeStatus silent =
        status(
            Map.of("t/0", new Partition(5L, IntakeStatus.UNKNOWN)), Map.of("t", 1), 0L, Set.of());
    assertThat(silent.provenMs()).isEqualTo(IntakeStatus.UNKNOWN);
    assertThat(silent.proves(Long.MIN_VALUE)).isFalse();
    assertThat(silent.merge(BOTH).provenMs()).isEqualTo(999L);
  }

  @Test
  void anUnknownNumberOfPartitionsProvesNothing() {
    assertThat(status(BOTH.partitions(), Map.of(), 0L, Set.of()).proves(0L)).isFalse();
    assertThat(status(BOTH.partitions(), Map.of("u", 1), 0L, Set.of()).proves(0L)).isFalse();
    assertThat(IntakeStatus.empty().proves(Long.MIN_VALUE)).isFalse();
  }

  @Test
  void theLastWordOnStalledPartitionsCounts() {
    IntakeStatus later = status(Map.of(), Map.of(), 3_001L, Set.of("t/1"));
    assertThat(BOTH.merge(later).stalled()).containsExactly("t/1");
    IntakeStatus atOnce = status(Map.of(), Map.of(), 3_000L, Set.of("t/1"));
    assertThat(BOTH.merge(atOnce).stalled()).containsExactly("t/0", "t/1");
  }

  @Test
  void offsetsAreCompactJson() {
    assertThat(BOTH.offsetsJson()).isEqualTo("{\"t/0\":5,\"t/1\":7}");
    assertThat(IntakeStatus.empty().offsetsJson()).isEqualTo("{}");
  }

  // Golden: the control stage may keep it in savepoints in this form. Never edit.
  @Test
  void writesTheGoldenBytes() {
    assertThat(HexFormat.of().formatHex(BOTH.toBytes()))
        .isEqualTo(
            ("01 0002 0003 742f30 0000000000000005 00000000000003e8"
                    + " 0003 742f31 0000000000000007 00000000000007d0"
                    + " 0001 0001 74 00000002 0000000000000bb8 0001 0003 742f30")
                .replace(" ", ""));
  }

  @Test
  void truncatedLongerOrUnknownBytesAreAnError() {
    byte[] bytes = BOTH.toBytes();
    for (int length = 0; length < bytes.length; length++) {
      int cut = length;
      assertThatThrownBy(() -> IntakeStatus.ofBytes(bytes, cut))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(cut + " bytes are not an intake status");
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> IntakeStatus.ofBytes(longer, longer.length))
        .hasRootCauseMessage("1 bytes follow its end");
    bytes[0] = 9;
    assertThatThrownBy(() -> IntakeStatus.ofBytes(bytes, bytes.length))
        .hasRootCauseMessage("an intake status must be of version 1, got 9");
  }

  @Test
  void aTopicHasAPartition() {
    assertThatThrownBy(() -> status(Map.of(), Map.of("t", 0), 0L, Set.of()))
        .hasMessage("topic t must have at least 1 partition, got 0");
  }

  private static IntakeStatus status(
      Map<String, Partition> partitions,
      Map<String, Integer> expected,
      long nowMs,
      Set<String> stalled) {
    return new IntakeStatus(
        new TreeMap<>(partitions), new TreeMap<>(expected), nowMs, new TreeSet<>(stalled));
  }

  /** Of few values, so that ties are common. */
  private static IntakeStatus random(Random random) {
    Map<String, Partition> partitions = new TreeMap<>();
    Map<String, Integer> expected = new TreeMap<>();
    Set<String> stalled = new TreeSet<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      long heartbeatMs = random.nextInt(4) == 0 ? IntakeStatus.UNKNOWN : random.nextInt(3);
      partitions.put("topic/" + random.nextInt(3), new Partition(random.nextInt(3), heartbeatMs));
      expected.put("topic-" + random.nextInt(2), 1 + random.nextInt(3));
      stalled.add("topic/" + random.nextInt(3));
    }
    return status(partitions, expected, random.nextInt(3), stalled);
  }
}
