package tidemark.serde.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Against protobuf's own encoder. */
final class ProtoReaderTest {
  private final ProtoReader reader = new ProtoReader();

  private ProtoReader over(byte[] bytes) {
    reader.wrap(bytes, 0, bytes.length);
    return reader;
  }

  private static void assertMalformed(ThrowingCallable reading) {
    assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(reading);
  }

  @Test
  void numbersOfEveryLengthAreRead() throws MalformedMessageException {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      over(
          WireOrder.written(
              out -> {
                out.writeUInt64NoTag(value);
                out.writeSInt64NoTag(value);
                out.writeSInt32NoTag((int) value);
                out.writeFixed64NoTag(value);
              }));
      assertThat(reader.readVarint()).isEqualTo(value);
      assertThat(reader.readZigzag()).isEqualTo(value);
      assertThat(reader.readZigzag32()).isEqualTo((int) value);
      assertThat(reader.readFixed64()).isEqualTo(value);
      assertThat(reader.hasMore()).isFalse();
    }
  }

  @Test
  void nothingIsReadBeyondTheEnd() {
    byte[] bytes = {(byte) 0x80, (byte) 0x80, 1, 0, 0, 0, 0, 0, 0, 0};
    for (int end = 0; end < 3; end++) {
      reader.wrap(bytes, 0, end);
      assertMalformed(reader::readVarint);
    }
    reader.wrap(bytes, 3, bytes.length);
    assertMalformed(reader::readFixed64);
    assertMalformed(reader::readDouble);
    assertMalformed(() -> reader.advance(8));
    assertMalformed(() -> reader.requireElements(Integer.MAX_VALUE, 8));
  }

  @Test
  void varintOfMoreThanTenBytesIsMalformed() {
    byte[] bytes = new byte[11];
    Arrays.fill(bytes, 0, 10, (byte) 0x80);
    assertMalformed(() -> over(bytes).readVarint());
  }

  @Test
  void tenthByteOfAVarintIsOne() throws MalformedMessageException {
    byte[] bytes = new byte[10];
    Arrays.fill(bytes, 0, 9, (byte) 0x80);
    bytes[9] = 1;
    assertThat(over(bytes).readVarint()).isEqualTo(Long.MIN_VALUE);
    for (int last : new int[] {0, 2, 3, 127}) {
      bytes[9] = (byte) last;
      assertMalformed(() -> over(bytes).readVarint());
    }
  }

  @Test
  void lengthsLieInsideTheMessage() throws MalformedMessageException {
    for (long length : new long[] {-1, 3, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE}) {
      byte[] bytes =
          WireOrder.written(
              out -> {
                out.writeUInt64NoTag(length);
                out.writeRawByte(0);
                out.writeRawByte(0);
              });
      assertMalformed(() -> over(bytes).readLength());
    }
    assertThat(over(new byte[] {2, 0, 0}).readLength()).isEqualTo(2);
  }

  @Test
  void countsAreNotNegativeAndFitAnInt() throws MalformedMessageException {
    byte[] largest = WireOrder.written(out -> out.writeUInt64NoTag(Integer.MAX_VALUE));
    assertThat(over(largest).readCount()).isEqualTo(Integer.MAX_VALUE);
    for (long count : new long[] {-1, Integer.MAX_VALUE + 1L, Long.MIN_VALUE}) {
      byte[] bytes = WireOrder.written(out -> out.writeUInt64NoTag(count));
      assertMalformed(() -> over(bytes).readCount());
    }
  }

  @Test
  void tagsHaveAFieldNumberAndFit32Bits() {
    for (long tag : new long[] {0, 7, 1L << 32, -1}) {
      byte[] bytes = WireOrder.written(out -> out.writeUInt64NoTag(tag));
      assertMalformed(() -> over(bytes).readTag());
    }
  }

  @Test
  void everyKindOfFieldButGroupsIsSkipped() throws MalformedMessageException {
    over(
        WireOrder.written(
            out -> {
              out.writeUInt64(1, -1);
              out.writeFixed64(2, 1);
              out.writeString(3, "text");
              out.writeFixed32(4, 1);
              out.writeBool(536_870_911, true);
            }));
    int fields = 0;
    while (reader.hasMore()) {
      reader.skip(reader.readTag());
      fields++;
    }
    assertThat(fields).isEqualTo(5);
    for (int wireType : new int[] {3, 4, 6, 7}) {
      assertMalformed(() -> over(new byte[8]).skip(8 | wireType));
    }
  }
}
