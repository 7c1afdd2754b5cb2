package tidemark.serde.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentBufferTest {
  private static final int PAGE_BYTES = 256 << 10;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Added(long position, byte[] payload) {}

  /** A record that begins at every place near the end of a page, and beyond. */
  @Test
  void recordsCrossTheEndsOfPages() {
    Random random = new Random(4);
    for (int left = 0; left < 100; left++) {
      SegmentBuffer segment = new SegmentBuffer(1);
      List<Added> added = new ArrayList<>();
      for (int length : new int[] {PAGE_BYTES - 44 - left, 30, 0, 3 * PAGE_BYTES, 1}) {
        byte[] payload = new byte[length];
        random.nextBytes(payload);
        long i = added.size();
        long position = segment.add(i, -i, 10 + i, 20 + i, payload, length);
        added.add(new Added(position, payload));
        segment.link(added.get(0).position(), position);
      }
      for (int i = 0; i < added.size(); i++) {
        long position = added.get(i).position();
        ByteOutput copy = new ByteOutput();
        segment.copyPayload(position, copy);
        assertThat(Arrays.equals(Arrays.copyOf(copy.array(), copy.length()), added.get(i).payload))
            .as("left %s, record %s", left, i)
            .isTrue();
        assertThat(segment.offset(position)).isEqualTo(i);
        assertThat(segment.timestampMs(position)).isEqualTo(-i);
        assertThat(segment.earliestMs(position)).isEqualTo(10 + i);
        assertThat(segment.latestMs(position)).isEqualTo(20 + i);
        assertThat(segment.next(position))
            .isEqualTo(i == 0 ? added.get(4).position() : SegmentBuffer.NONE);
      }
      assertThat(segment.usedBytes()).isLessThanOrEqualTo(segment.capacityBytes());
    }
  }

  @Test
  void pagesBeyondTheLimitAreGivenBack() {
    SegmentBuffer segment = new SegmentBuffer(2 * PAGE_BYTES);
    segment.add(0, 0, 0, 0, new byte[10 * PAGE_BYTES], 10 * PAGE_BYTES);
    assertThat(segment.capacityBytes()).isEqualTo(11L * PAGE_BYTES);
    segment.clear();
    assertThat(segment.capacityBytes()).isEqualTo(3L * PAGE_BYTES);
    assertThat(segment.usedBytes()).isZero();
  }
}
