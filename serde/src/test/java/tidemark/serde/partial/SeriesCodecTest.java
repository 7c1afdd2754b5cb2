package tidemark.serde.partial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;

class SeriesCodecTest {
  private static final SeriesEntry ENTRY =
      new SeriesEntry(
          -2L,
          3L,
          MetricType.GAUGE,
          new SeriesIdentity("acme", "cp\u00fc", List.of("az:", "host:a")),
          86_400_000L,
          172_800_000L);

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void entriesComeBackInOrder(long seed) {
    Random random = new Random(seed);
    PartialBatch batch = new PartialBatch(1);
    batch.reset(PartialBatch.Kind.SERIES, 3, PartialBatch.OPEN);
    List<SeriesEntry> entries = new ArrayList<>();
    for (int i = random.nextInt(200); i > 0; i--) {
      TreeSet<String> tags = new TreeSet<>();
      for (int tag = random.nextInt(5); tag > 0; tag--) {
        tags.add("k" + tag + ":" + "\u20ac".repeat(random.nextInt(300)));
      }
      long firstMs = random.nextInt();
      entries.add(
          new SeriesEntry(
              random.nextLong(),
              random.nextLong(),
              MetricType.values()[random.nextInt(3)],
              new SeriesIdentity("org" + i, "m\uD83D\uDE00".repeat(1 + i % 9), List.copyOf(tags)),
              firstMs,
              firstMs + random.nextInt(1_000)));
      SeriesCodec.append(entries.get(entries.size() - 1), batch);
    }
    assertThat(read(batch)).as("seed %s", seed).isEqualTo(entries);
  }

  @Test
  void theLongestTextsFit() {
    String text = "x".repeat((1 << 16) - 3);
    SeriesEntry entry =
        new SeriesEntry(
            1L, 2L, MetricType.COUNTER, new SeriesIdentity("o", text, List.of(text + ":")), 0, 0);
    PartialBatch batch = new PartialBatch(1);
    batch.reset(PartialBatch.Kind.SERIES, 3, PartialBatch.OPEN);
    SeriesCodec.append(entry, batch);
    assertThat(read(batch)).containsExactly(entry);
  }

  @Test
  void writesTheBytesItsJavadocDraws() {
    PartialBatch batch = new PartialBatch(1);
    batch.reset(PartialBatch.Kind.SERIES, 3, PartialBatch.OPEN);
    SeriesCodec.append(ENTRY, batch);
    assertThat(HexFormat.of().formatHex(batch.toBytes()))
        .isEqualTo(
            String.join(
                    "",
                    "fffffffffffffffe 0000000000000003 02",
                    "0000000005265c00 000000000a4cb800",
                    "0004 61636d65 0004 6370c3bc 0002",
                    "0003 617a3a 0006 686f73743a61")
                .replace(" ", ""));
  }

  @Test
  void aBatchThatEndsWithinASeriesIsAnError() {
    PartialBatch batch = new PartialBatch(1);
    batch.reset(PartialBatch.Kind.SERIES, 3, PartialBatch.OPEN);
    SeriesCodec.append(ENTRY, batch);
    int whole = batch.length();
    for (int length = 1; length < whole; length++) {
      batch.setLength(length);
      assertThatThrownBy(() -> read(batch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a series batch of %s bytes ends within a series", length);
    }
  }

  private static List<SeriesEntry> read(PartialBatch batch) {
    List<SeriesEntry> entries = new ArrayList<>();
    SeriesCodec.read(batch, entries::add);
    return entries;
  }
}
