package tidemark.operators.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tidemark.operators.replay.ArchiveSplit.Range;

/** Golden bytes are never edited: savepoints hold them. */
class ReplayFormatsTest {
  private static final ArchiveSplit SPLIT =
      new ArchiveSplit(
          "p",
          3,
          List.of(
              new Range("s3://b/1.tma", 100, 5, 9, 64), new Range("s3://b/22.tma", 200, 9, 11, 65)),
          2,
          7,
          1_000);
  private static final String SPLIT_V1 =
      "000170"
          + "00000003"
          + "00000002"
          + "00000007"
          + "00000000000003e8"
          + "00000002"
          + "0000"
          + "000c73333a2f2f622f312e746d61"
          + "0000000000000064"
          + "0000000000000005"
          + "0000000000000009"
          + "0000000000000040"
          + "0007"
          + "000632322e746d61"
          + "00000000000000c8"
          + "0000000000000009"
          + "000000000000000b"
          + "0000000000000041";

  @Test
  void goldenSplit() throws IOException {
    byte[] bytes = ArchiveSplitSerializer.INSTANCE.serialize(SPLIT);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(SPLIT_V1);
    assertThat(ArchiveSplitSerializer.INSTANCE.deserialize(1, HexFormat.of().parseHex(SPLIT_V1)))
        .isEqualTo(SPLIT);
  }

  @Test
  void goldenPlan() throws IOException {
    ArchivePlan plan = new ArchivePlan(List.of(SPLIT));
    String golden = "00000001" + "%08x".formatted(SPLIT_V1.length() / 2) + SPLIT_V1;
    byte[] bytes = ArchivePlanSerializer.INSTANCE.serialize(plan);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(golden);
    assertThat(ArchivePlanSerializer.INSTANCE.deserialize(1, HexFormat.of().parseHex(golden)))
        .isEqualTo(plan);
  }

  @Test
  void refusesAnotherVersionAndBytesTooMany() throws IOException {
    byte[] bytes = ArchiveSplitSerializer.INSTANCE.serialize(SPLIT);
    assertThatThrownBy(() -> ArchiveSplitSerializer.INSTANCE.deserialize(2, bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in format v2, this build reads v1");
    assertThatThrownBy(
            () ->
                ArchiveSplitSerializer.INSTANCE.deserialize(
                    1, Arrays.copyOf(bytes, bytes.length + 1)))
        .isInstanceOf(IOException.class)
        .hasMessage("1 unread bytes at the end");
    assertThatThrownBy(() -> ArchivePlanSerializer.INSTANCE.deserialize(2, new byte[4]))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in format v2, this build reads v1");
  }
}
