package tidemark.serde.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tidemark.state.MetricType;
import tidemark.state.Refusal;
import tidemark.state.SeriesIdentity;
import tidemark.state.SeriesLimits;

final class SeriesKeyTest {
  private static final SeriesLimits LIMITS = new SeriesLimits(4, 10, 12);

  private static byte[] key(String metric, String... tags) {
    byte[][] bytes = Arrays.stream(tags).map(tag -> tag.getBytes(UTF_8)).toArray(byte[][]::new);
    return key(metric.getBytes(UTF_8), bytes);
  }

  private static byte[] key(byte[] metric, byte[]... tags) {
    SeriesKeyBuffer buffer = new SeriesKeyBuffer();
    assertThat(buffer.startRecord(SeriesKey.NATIVE, "acme".getBytes(UTF_8), 0, 4)).isTrue();
    buffer.startSeries(MetricType.GAUGE);
    buffer.putLongBytes(metric, 0, metric.length);
    for (byte[] tag : tags) {
      buffer.putShortBytes(tag, 0, tag.length);
    }
    PointBlock block = new PointBlock();
    block.begin();
    buffer.addTo(block, MetricType.GAUGE);
    return Arrays.copyOf(block.keys(), block.keyLength(0));
  }

  private static SeriesResolution resolve(byte[] key) {
    byte[] surrounded = new byte[key.length + 7];
    Arrays.fill(surrounded, (byte) 0xee);
    System.arraycopy(key, 0, surrounded, 3, key.length);
    return SeriesKey.resolve(surrounded, 3, key.length, LIMITS);
  }

  private static void assertRefused(byte[] key, Refusal reason) {
    assertThat(resolve(key)).isEqualTo(new SeriesResolution.Refused(reason));
  }

  private static SeriesResolution accepted(String metric, String... tags) {
    return new SeriesResolution.Accepted(
        new SeriesIdentity("acme", metric, List.of(tags)), MetricType.GAUGE);
  }

  @Test
  void tagsAreSorted() {
    assertThat(resolve(key("load", "host:b", "a:2", "a-b:1")))
        .isEqualTo(accepted("load", "a-b:1", "a:2", "host:b"));
    assertThat(resolve(key("load"))).isEqualTo(accepted("load"));
  }

  @Test
  void tagWithoutAColonHasAnEmptyValue() {
    assertThat(resolve(key("load", "canary"))).isEqualTo(accepted("load", "canary:"));
    assertThat(resolve(key("load", "canary:"))).isEqualTo(accepted("load", "canary:"));
    assertThat(resolve(key("load", "a:b:c"))).isEqualTo(accepted("load", "a:b:c"));
  }

  @Test
  void limitsHoldToTheByte() {
    assertThat(resolve(key("ten-bytes\u007f", "k:\u20ac\u20ac\u20ac!")))
        .isEqualTo(accepted("ten-bytes\u007f", "k:\u20ac\u20ac\u20ac!"));
    assertRefused(key("eleven-byte"), Refusal.NAME_TOO_LONG);
    assertRefused(key("load", "k:\u20ac\u20ac\u20ac!!"), Refusal.TAG_TOO_LONG);
    assertThat(resolve(key("load", "a", "b", "c", "d")))
        .isInstanceOf(SeriesResolution.Accepted.class);
    assertRefused(key("load", "a", "b", "c", "d", "e"), Refusal.TOO_MANY_TAGS);
    String[] many = IntStream.range(0, 10_000).mapToObj(i -> "k" + i).toArray(String[]::new);
    assertRefused(key("load", many), Refusal.TOO_MANY_TAGS);
  }

  @Test
  void emptyNamesAndTagsAreRefused() {
    assertRefused(key(""), Refusal.EMPTY_NAME);
    assertRefused(key("load", ""), Refusal.EMPTY_TAG);
    assertRefused(key("load", ":value"), Refusal.EMPTY_TAG);
  }

  @Test
  void oneKeyTwiceIsRefused() {
    assertRefused(key("load", "a:1", "a:2"), Refusal.DUPLICATE_TAG);
    assertRefused(key("load", "a:1", "b:1", "a:1"), Refusal.DUPLICATE_TAG);
    assertRefused(key("load", "a:1", "a-b:1", "a"), Refusal.DUPLICATE_TAG);
    assertRefused(key("load", "a:", "a"), Refusal.DUPLICATE_TAG);
  }

  @Test
  void textMustBeStrictUtf8() {
    byte[][] broken = {
      {(byte) 0xff},
      {(byte) 0xc0, (byte) 0x80}, // overlong
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, // a surrogate
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // beyond U+10FFFF
      {(byte) 0xe2, (byte) 0x82}, // cut off
    };
    for (byte[] bytes : broken) {
      assertRefused(key(bytes), Refusal.INVALID_UTF8);
      assertRefused(key("load".getBytes(UTF_8), bytes), Refusal.INVALID_UTF8);
    }
  }

  @Test
  void layoutIsAsDocumented() {
    assertThat(key("load", "a:1"))
        .isEqualTo(
            new byte[] {
              1, 2, 0, 4, 'a', 'c', 'm', 'e', 0, 0, 0, 4, 'l', 'o', 'a', 'd', 0, 3, 'a', ':', '1'
            });
  }

  @Test
  void bytesThatAreNoKeyAreMalformed() {
    byte[] key = key("load", "a:1");
    for (int length = 0; length < key.length; length++) {
      SeriesResolution cut = resolve(Arrays.copyOf(key, length));
      boolean isWhole = length == key.length - 5;
      assertThat(cut)
          .as("length %s", length)
          .isEqualTo(isWhole ? accepted("load") : new SeriesResolution.Refused(Refusal.MALFORMED));
    }
    for (int[] change : new int[][] {{0, 0}, {0, 3}, {1, 0}, {1, 4}, {8, -1}, {2, -1}}) {
      byte[] changed = key.clone();
      changed[change[0]] = (byte) change[1];
      assertRefused(changed, Refusal.MALFORMED);
    }
  }

  @Test
  void orgIsNeverEmpty() {
    byte[] noOrg = {1, 2, 0, 0, 0, 0, 0, 1, 'm'};
    assertRefused(noOrg, Refusal.NO_ORG);
  }

  @Test
  void noBytesMakeItThrow() {
    for (int seed = 0; seed < 100_000; seed++) {
      Random random = new Random(seed);
      byte[] key = key("load", "a:1", "b:2");
      if (random.nextBoolean()) {
        key[0] = SeriesKey.OTLP;
      }
      for (int change = random.nextInt(4); change >= 0; change--) {
        key[random.nextInt(key.length)] = (byte) random.nextInt();
      }
      assertThat(resolve(Arrays.copyOf(key, random.nextInt(key.length + 1))))
          .as("seed %s", seed)
          .isNotNull();
    }
  }

  @Test
  void anOrgHasOneToAHundredAndTwentyEightBytes() {
    assertThat(SeriesKey.isOrg("a")).isTrue();
    assertThat(SeriesKey.isOrg("a".repeat(128))).isTrue();
    assertThat(SeriesKey.isOrg("\u00fc".repeat(64))).isTrue();
    assertThat(SeriesKey.isOrg("\u20ac".repeat(42) + "ab")).isTrue();
    assertThat(SeriesKey.isOrg("\uD83D\uDE00".repeat(32))).isTrue();
    assertThat(SeriesKey.isOrg("")).isFalse();
    assertThat(SeriesKey.isOrg("a".repeat(129))).isFalse();
    assertThat(SeriesKey.isOrg("\u00fc".repeat(64) + "a")).isFalse();
    assertThat(SeriesKey.isOrg("\u20ac".repeat(43))).isFalse();
    assertThat(SeriesKey.isOrg("\uD83D\uDE00".repeat(32) + "a")).isFalse();
    assertThat(SeriesKey.isOrg("a\uD83D")).isFalse();
  }
}
