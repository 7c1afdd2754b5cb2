package tidemark.serde.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A record reads alike wherever it stands, and nothing beside it is read. */
class DecoderViewTest {
  private static final int SEEDS = 3_000;

  private interface Sample {
    byte[] of(Random random);
  }

  @Test
  void nativeBatches() {
    assertAlike(
        new NativeBatchDecoder(),
        random -> WireOrder.shuffled(NativeBatches.random(random), random));
  }

  @Test
  void otlpRequests() {
    assertAlike(
        new OtlpDecoder(), random -> WireOrder.shuffled(RandomOtlp.request(random), random));
  }

  private static void assertAlike(RecordDecoder decoder, Sample sample) {
    int refused = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      byte[] record = damaged(sample.of(random), random);
      String alone = outcome(decoder, record, 0, record.length);
      int before = random.nextInt(40);
      byte[] inside = new byte[before + record.length + random.nextInt(40)];
      random.nextBytes(inside);
      System.arraycopy(record, 0, inside, before, record.length);
      byte[] untouched = inside.clone();
      assertThat(outcome(decoder, inside, before, record.length))
          .as("seed %s", seed)
          .isEqualTo(alone);
      assertThat(inside).as("seed %s", seed).isEqualTo(untouched);
      refused += alone.startsWith("true") ? 1 : 0;
    }
    assertThat(refused).isBetween(SEEDS / 20, SEEDS * 19 / 20);
  }

  /** One in two is as it was. */
  private static byte[] damaged(byte[] record, Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(record, random.nextInt(record.length + 1));
      case 1 -> {
        if (record.length > 0) {
          record[random.nextInt(record.length)] = (byte) random.nextInt(256);
        }
        yield record;
      }
      default -> record;
    };
  }

  private static String outcome(RecordDecoder decoder, byte[] bytes, int start, int length) {
    PointBlock block = new PointBlock();
    decoder.decode(bytes, start, length, "acme", block);
    return "%s %s %s %s"
        .formatted(block.isRecordRefused(), block.refused(), block.gaps(), Decoded.of(block));
  }

  @Test
  void heartbeats() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      byte[] alone = new byte[random.nextInt(26)];
      for (int i = 0; i < alone.length; i++) {
        alone[i] = (byte) (random.nextInt(12) == 0 ? '/' : '0' + random.nextInt(10));
      }
      int before = random.nextInt(5);
      byte[] inside = new byte[before + alone.length + 5];
      Arrays.fill(inside, (byte) (random.nextBoolean() ? '7' : '/'));
      System.arraycopy(alone, 0, inside, before, alone.length);
      assertThat(Heartbeat.parse(inside, before, alone.length))
          .as("seed %s", seed)
          .isEqualTo(Heartbeat.parse(alone));
      assertThat(Heartbeat.partitions(inside, before, alone.length))
          .as("seed %s", seed)
          .isEqualTo(Heartbeat.partitions(alone));
    }
  }
}
