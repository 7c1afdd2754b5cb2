package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tidemark.serde.partial.EpochReport;
import tidemark.serde.partial.EpochReport.Position;

/** Golden: these bytes lie in savepoints. Never edit; add one per version. */
class StoreFormatsTest {
  private static final EpochReport REPORT =
      new EpochReport(
          new TreeMap<>(Map.of("a", 1L)), new TreeMap<>(Map.of("t/0", new Position(258L, true))));
  private static final String REPORT_HEX =
      "0000001d 0001 0001 61 0000000000000001 0001 0003 742f30 0000000000000102 01";

  private static final EpochState STATE = new EpochState("\u00fcx", 5_000L, REPORT);
  private static final byte[] STATE_V1 =
      bytes("00000001 00000003 c3bc78 0000000000001388 " + REPORT_HEX);

  private static final EpochCommittable EPOCH =
      new EpochCommittable(
          "l", 258L, List.of("r1", "r2"), List.of("s"), Map.of("k2", "", "k1", "v"));
  private static final byte[] EPOCH_V1 =
      bytes(
          "00000001 6c 0000000000000102 00000002 00000002 7231 00000002 7232 00000001 00000001 73"
              + "00000002 00000002 6b31 00000001 76 00000002 6b32 00000000");

  private static final WriterResult RESULT = new WriterResult(List.of("r"), List.of(), REPORT);
  private static final byte[] RESULT_V1 = bytes("00000001 00000001 72 00000000 " + REPORT_HEX);

  @Test
  void stateOfEpochs() throws IOException {
    assertThat(STATE.toBytes()).isEqualTo(STATE_V1);
    assertThat(EpochState.ofBytes(STATE_V1)).isEqualTo(STATE);
  }

  @Test
  void epochsWaitingForTheirCommit() throws IOException {
    EpochCommittableSerializer serializer = new EpochCommittableSerializer();
    assertThat(serializer.getVersion()).isEqualTo(1);
    assertThat(serializer.serialize(EPOCH)).isEqualTo(EPOCH_V1);
    assertThat(serializer.deserialize(1, EPOCH_V1)).isEqualTo(EPOCH);
  }

  @Test
  void writerResults() throws IOException {
    WriterResultSerializer serializer = new WriterResultSerializer();
    assertThat(serializer.getVersion()).isEqualTo(1);
    assertThat(serializer.serialize(RESULT)).isEqualTo(RESULT_V1);
    assertThat(serializer.deserialize(1, RESULT_V1)).isEqualTo(RESULT);
  }

  @Test
  void anotherVersionIsRefused() {
    byte[] stateOfV2 = STATE_V1.clone();
    stateOfV2[3] = 2;
    assertThatThrownBy(() -> EpochState.ofBytes(stateOfV2))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "state of the store's epochs is in format v2, this build reads v1;"
                + " restore it with the build that wrote it");
    assertThatThrownBy(() -> new EpochCommittableSerializer().deserialize(2, EPOCH_V1))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "an epoch waiting for its commit is in format v2, this build reads v1;"
                + " restore it with the build that wrote it");
    assertThatThrownBy(() -> new WriterResultSerializer().deserialize(0, RESULT_V1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a writer result is in format v0, this build reads v1");
  }

  @Test
  void truncatedAndTrailingBytesAreErrors() {
    assertExact(EPOCH_V1, bytes -> new EpochCommittableSerializer().deserialize(1, bytes));
    assertExact(RESULT_V1, bytes -> new WriterResultSerializer().deserialize(1, bytes));
    assertExact(STATE_V1, EpochState::ofBytes);
  }

  private interface Reading {
    Object read(byte[] bytes) throws IOException;
  }

  private static void assertExact(byte[] bytes, Reading reading) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> reading.read(longer))
        .isInstanceOf(IOException.class)
        .hasMessage("1 unread bytes at the end");
    for (int length = 0; length < bytes.length; length++) {
      byte[] shorter = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> reading.read(shorter)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void offsetsAreJsonByTopicAndPartition() {
    EpochReport report =
        new EpochReport(
            new TreeMap<>(),
            new TreeMap<>(
                Map.of(
                    "b/2", new Position(7L, true),
                    "b/10", new Position(8L, true),
                    "a/0", new Position(1L, false))));
    EpochState state = new EpochState("l", 0L, report);
    assertThat(state.offsetsJson()).isEqualTo("{\"a\":{\"0\":1},\"b\":{\"2\":7,\"10\":8}}");
    assertThat(state.isWatermarkProven()).isFalse();
    assertThat(EpochState.fresh("l").offsetsJson()).isEqualTo("{}");
    assertThat(EpochState.fresh("l").isWatermarkProven()).isFalse();
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
