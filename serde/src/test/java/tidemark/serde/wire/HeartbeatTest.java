package tidemark.serde.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {
  private static long parse(String text) {
    return Heartbeat.parse(text.getBytes(ISO_8859_1));
  }

  @Test
  void everyTimeComesBack() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      long timestampMs = random.nextLong() >>> (1 + random.nextInt(63));
      assertThat(Heartbeat.parse(Heartbeat.bytes(timestampMs))).isEqualTo(timestampMs);
    }
    assertThat(parse("0")).isZero();
    assertThat(parse("1767225600000")).isEqualTo(1_767_225_600_000L);
    assertThat(parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anythingElseIsInvalid() {
    assertThat(Heartbeat.parse(null)).isEqualTo(Heartbeat.INVALID);
    for (String text :
        new String[] {
          "",
          " 1",
          "1 ",
          "-1",
          "+1",
          "1.0",
          "0x10",
          "1e3",
          "\u00b2",
          "9223372036854775808",
          "9999999999999999999",
          "00000000000000000001",
          "12345678901234567890123"
        }) {
      assertThat(parse(text)).as("'%s'", text).isEqualTo(Heartbeat.INVALID);
    }
  }

  @Test
  void timeBeforeTheEpochCannotBeWritten() {
    assertThatThrownBy(() -> Heartbeat.bytes(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("heartbeat time must be at least 0 ms, got -1");
  }

  @Test
  void partitionsComeBackBesideTheTime() {
    Random random = new Random(8);
    for (int i = 0; i < 10_000; i++) {
      long timestampMs = random.nextLong() >>> (1 + random.nextInt(63));
      int partitions = 1 + random.nextInt(65_535);
      byte[] value = Heartbeat.bytes(timestampMs, partitions);
      assertThat(Heartbeat.parse(value)).isEqualTo(timestampMs);
      assertThat(Heartbeat.partitions(value)).isEqualTo(partitions);
      assertThat(Heartbeat.partitions(Heartbeat.bytes(timestampMs))).isZero();
    }
    assertThat(new String(Heartbeat.bytes(1_767_225_600_000L, 12), ISO_8859_1))
        .isEqualTo("1767225600000/12");
    assertThat(parse("9223372036854775807/65535")).isEqualTo(Long.MAX_VALUE);
    assertThat(Heartbeat.partitions(null)).isZero();
  }

  @Test
  void anythingElseBesideTheTimeIsInvalid() {
    for (String text :
        new String[] {
          "/",
          "1/",
          "/1",
          "1/0",
          "1/-1",
          "1/1/",
          "1/1/1",
          "1//1",
          "1/ 1",
          "1/65536",
          "1/999999",
          "1/1000000",
          "1/0000001",
          "1/x",
          "x/1",
          "9223372036854775808/1",
          "00000000000000000001/1",
          "1\\1"
        }) {
      assertThat(parse(text)).as("'%s'", text).isEqualTo(Heartbeat.INVALID);
      assertThat(Heartbeat.partitions(text.getBytes(ISO_8859_1))).as("'%s'", text).isZero();
    }
  }

  /** An independent reading of the format decides. */
  @Test
  void randomBytesAreReadAsTheFormatSays() {
    Pattern format = Pattern.compile("([0-9]{1,19})(?:/([0-9]{1,6}))?");
    for (long seed = 0; seed < 100_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(26); i > 0; i--) {
        text.append(
            random.nextInt(12) == 0
                ? "//-\u00ff".charAt(random.nextInt(4))
                : (char) ('0' + random.nextInt(10)));
      }
      byte[] value = text.toString().getBytes(ISO_8859_1);
      Matcher matcher = format.matcher(text);
      long time = Heartbeat.INVALID;
      int partitions = 0;
      if (matcher.matches()
          && new BigInteger(matcher.group(1)).bitLength() < 64
          && (matcher.group(2) == null
              || (Integer.parseInt(matcher.group(2)) > 0
                  && Integer.parseInt(matcher.group(2)) < 65_536))) {
        time = Long.parseLong(matcher.group(1));
        partitions = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
      }
      assertThat(Heartbeat.parse(value)).as("seed %d: '%s'", seed, text).isEqualTo(time);
      assertThat(Heartbeat.partitions(value)).as("seed %d: '%s'", seed, text).isEqualTo(partitions);
    }
  }

  @Test
  void numberOfPartitionsMustFit() {
    for (int partitions : new int[] {-1, 0, 65_536}) {
      assertThatThrownBy(() -> Heartbeat.bytes(1, partitions))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("partitions of a heartbeat must be 1 to 65535, got " + partitions);
    }
    assertThatThrownBy(() -> Heartbeat.bytes(-1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("heartbeat time must be at least 0 ms, got -1");
  }
}
