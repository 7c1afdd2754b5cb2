package tidemark.serde.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.serde.partial.PartialBatch;
import tidemark.state.monitor.Completeness;
import tidemark.state.monitor.Evidence;
import tidemark.state.monitor.Verdict;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;
import tidemark.state.monitor.VerdictSubject;

class VerdictCodecTest {
  private static final Verdict VERDICT =
      new Verdict(
          "ab",
          2,
          new VerdictSubject("o", "m", 3, List.of("h:\u00fc")),
          60_000L,
          120_000L,
          VerdictStatus.INCOMPLETE,
          1.5,
          7L,
          new Evidence(119_999L, Completeness.ESTIMATED, "{\"t/0\":5}", List.of("t/1")),
          Set.of(VerdictMark.LATE, VerdictMark.AMENDED));

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void verdictsComeBackInOrder(long seed) {
    Random random = new Random(seed);
    VerdictCodec codec = new VerdictCodec();
    for (int run = 0; run < 20; run++) { // batches of one codec know nothing of each other
      PartialBatch batch = batch();
      List<Verdict> verdicts = new ArrayList<>();
      for (int i = random.nextInt(50); i > 0; i--) {
        verdicts.add(random(random));
        codec.append(verdicts.get(verdicts.size() - 1), batch);
      }
      assertThat(read(batch)).as("seed %s", seed).isEqualTo(verdicts);
    }
  }

  @Test
  void sharedOffsetsStandOnceInABatch() {
    VerdictCodec codec = new VerdictCodec();
    PartialBatch batch = batch();
    codec.append(VERDICT, batch);
    int first = batch.length();
    codec.append(VERDICT, batch);
    assertThat(batch.length() - first).isEqualTo(first - 5 - VERDICT.evidence().offsets().length());
  }

  // Golden: tables and topics hold verdicts in this form. Never edit.
  @Test
  void writesTheGoldenBytes() {
    PartialBatch batch = batch();
    new VerdictCodec().append(VERDICT, batch);
    assertThat(HexFormat.of().formatHex(batch.toBytes()))
        .isEqualTo(
            ("10 00000009 7b22742f30223a357d 11 00000002 6162 00000002 00000001 6f 00000001 6d"
                    + " 00000003 00000001 00000004 683ac3bc 000000000000ea60 000000000001d4c0"
                    + " 04 3ff8000000000000 0000000000000007 000000000001d4bf 01"
                    + " 00000001 00000003 742f31 06")
                .replace(" ", ""));
  }

  @Test
  void brokenBytesAreAnErrorAndNotAnOutage() {
    PartialBatch whole = batch();
    new VerdictCodec().append(VERDICT, whole);
    byte[] bytes = whole.toBytes();
    int offsetsEnd = 5 + VERDICT.evidence().offsets().length();
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      if (length == offsetsEnd) {
        assertThat(read(of(cut))).isEmpty();
        continue;
      }
      assertThatThrownBy(() -> read(of(cut)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a batch of verdicts of %d bytes ends within one".formatted(length));
    }
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] broken = bytes.clone();
      broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      try {
        read(of(broken));
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
  }

  @Test
  void unknownVersionsAreNamed() {
    assertThatThrownBy(() -> read(of(new byte[] {0x21})))
        .hasMessage("verdicts must be of version 1, got a record that begins with 33");
  }

  private static Verdict random(Random random) {
    Set<VerdictMark> marks = EnumSet.noneOf(VerdictMark.class);
    for (VerdictMark mark : VerdictMark.values()) {
      if (random.nextBoolean()) {
        marks.add(mark);
      }
    }
    long startMs = random.nextInt();
    List<String> holding = random.nextBoolean() ? List.of() : List.of("t/0", "t/17");
    return new Verdict(
        "id" + random.nextInt(),
        random.nextInt(5),
        new VerdictSubject(
            "org" + random.nextInt(3),
            "m",
            random.nextInt(9),
            random.nextBoolean() ? List.of() : List.of("a:" + "\u20ac".repeat(9), "b:")),
        startMs,
        startMs + 1 + random.nextInt(100_000),
        VerdictStatus.values()[random.nextInt(5)],
        random.nextBoolean() ? Double.NaN : random.nextGaussian(),
        random.nextInt(100),
        new Evidence(
            random.nextLong(),
            Completeness.values()[random.nextInt(2)],
            "{\"t/0\":" + random.nextInt(3) + "}",
            holding),
        marks);
  }

  private static PartialBatch batch() {
    PartialBatch batch = new PartialBatch(1);
    batch.reset(PartialBatch.Kind.VERDICTS, 3, PartialBatch.OPEN);
    return batch;
  }

  private static PartialBatch of(byte[] bytes) {
    return PartialBatch.of(PartialBatch.Kind.VERDICTS, 3, PartialBatch.OPEN, bytes);
  }

  private static List<Verdict> read(PartialBatch batch) {
    List<Verdict> verdicts = new ArrayList<>();
    VerdictCodec.read(batch, verdicts::add);
    return verdicts;
  }
}
