package tidemark.serde.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
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
}
