package tidemark.operators.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
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

  private static final PendingEpoch EPOCH =
      new PendingEpoch(
          258L, "258-r", "p", List.of("r1", "r2"), List.of("s"), Map.of("k2", "", "k1", "v"));
  private static final String EPOCH_HEX =
      "0000000000000102 00000005 3235382d72 00000001 70"
          + " 00000002 00000002 7231 00000002 7232 00000001 00000001 73"
          + " 00000002 00000002 6b31 00000001 76 00000002 6b32 00000000";

  private static final EpochState STATE =
      new EpochState("\u00fcx", "main", "258-r", 5_000L, REPORT, List.of(EPOCH), 259);
  private static final String STATE_HEX =
      " 00000003 c3bc78 00000004 6d61696e 00000005 3235382d72 0000000000001388 "
          + REPORT_HEX
          + " 00000001 "
          + EPOCH_HEX;
  private static final byte[] STATE_V2 = bytes("00000002" + STATE_HEX);
  private static final byte[] STATE_V3 = bytes("00000003" + STATE_HEX + " 00000103");

  private static final WriterResult RESULT = new WriterResult(List.of("r"), List.of(), REPORT);
  private static final byte[] RESULT_V1 =
      bytes("00000001 00000001 00000001 72 00000000 " + REPORT_HEX);

  @Test
  void stateOfEpochs() throws IOException {
    assertThat(STATE.toBytes()).isEqualTo(STATE_V3);
    assertThat(EpochState.ofBytes(STATE_V3)).isEqualTo(STATE);
    assertThat(EpochState.ofBytes(STATE_V2)).isEqualTo(STATE.countedBy(EpochState.NO_MAP));
  }

  @Test
  void writerResults() throws IOException {
    assertThat(RESULT.toBytes()).isEqualTo(RESULT_V1);
    assertThat(WriterResult.ofBytes(RESULT_V1)).isEqualTo(RESULT);
  }

  @Test
  void anotherVersionIsRefused() {
    byte[] stateOfV4 = STATE_V3.clone();
    stateOfV4[3] = 4;
    assertThatThrownBy(() -> EpochState.ofBytes(stateOfV4))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "state of the store's epochs is in format v4, this build reads v3;"
                + " restore it with the build that wrote it");
    byte[] resultOfV0 = RESULT_V1.clone();
    resultOfV0[3] = 0;
    assertThatThrownBy(() -> WriterResult.ofBytes(resultOfV0))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a writer result is in format v0, this build reads v1");
  }

  @Test
  void truncatedAndTrailingBytesAreErrors() {
    assertExact(RESULT_V1, WriterResult::ofBytes);
    assertExact(STATE_V2, EpochState::ofBytes);
    assertExact(STATE_V3, EpochState::ofBytes);
  }

  @Test
  void lengthsThatCannotBeAreErrors() {
    for (int at = 0; at < STATE_V3.length; at++) {
      byte[] damaged = STATE_V3.clone();
      damaged[at] ^= (byte) 0x80;
      try {
        EpochState.ofBytes(damaged);
      } catch (IOException | UncheckedIOException e) {
        assertThat(e).hasMessageNotContaining("null"); // an answer, not an accident
      }
    }
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
    EpochState state = new EpochState("l", "main", "", 0L, report, List.of(), 0);
    assertThat(state.offsetsJson()).isEqualTo("{\"a\":{\"0\":1},\"b\":{\"2\":7,\"10\":8}}");
    assertThat(state.isWatermarkProven()).isFalse();
    assertThat(EpochState.fresh("l", "main").offsetsJson()).isEqualTo("{}");
    assertThat(EpochState.fresh("l", "main").isWatermarkProven()).isFalse();
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
