package tidemark.serde.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tidemark.state.MetricType;
import tidemark.state.SeriesIdentity;
import tidemark.state.monitor.Judgement;
import tidemark.state.monitor.VerdictStatus;

class StateSerializersTest {

  /** Golden: taken from the build that introduced each version. Never edit; add one per version. */
  private record Golden<T>(TypeSerializer<T> serializer, T value, int version, String hex) {

    byte[] bytes() {
      return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Override
    public String toString() {
      return "%s v%s %s".formatted(serializer.getClass().getSimpleName(), version, value);
    }
  }

  static Stream<Golden<?>> goldens() {
    return Stream.of(
        new Golden<>(
            RunKeySerializer.INSTANCE,
            new RunKey(1_767_225_600_000L, 258),
            1,
            "0000019b76daa800 00000102"),
        new Golden<>(
            RunKeySerializer.INSTANCE, new RunKey(-10_000L, 0), 1, "ffffffffffffd8f0 00000000"),
        new Golden<>(RunSerializer.INSTANCE, new byte[] {1, -1, 0x7f}, 1, "00000003 01 ff 7f"),
        new Golden<>(RunSerializer.INSTANCE, new byte[0], 1, "00000000"),
        new Golden<>(RunSerializer.INSTANCE, new byte[] {1, -1, 0x7f}, 2, "00000003 01 ff 7f"),
        new Golden<>(
            SeenKeySerializer.INSTANCE,
            new SeenKey(0x0123456789abcdefL, MetricType.DISTRIBUTION),
            1,
            "0123456789abcdef 03"),
        new Golden<>(
            SeenKeySerializer.INSTANCE,
            new SeenKey(-1L, MetricType.COUNTER),
            1,
            "ffffffffffffffff 01"),
        new Golden<>(
            SeenSeriesSerializer.INSTANCE,
            new SeenSeries(-2L, 86_400_000L, 172_800_000L),
            1,
            "fffffffffffffffe 0000000005265c00 000000000a4cb800"),
        new Golden<>(
            SeriesTimeKeySerializer.INSTANCE,
            new SeriesTimeKey(-2L, 1_767_225_600_000L),
            1,
            "fffffffffffffffe 0000019b76daa800"),
        new Golden<>(
            JudgedWindowSerializer.INSTANCE,
            new JudgedWindow(
                new Judgement(VerdictStatus.NO_DATA, VerdictStatus.ALERT), -2.5, 258L, 3, true),
            1,
            "03 02 c004000000000000 0000000000000102 00000003 01"),
        new Golden<>(
            GroupStateSerializer.INSTANCE,
            new GroupState(
                new SeriesIdentity("o", "m", List.of("h:\u00fc")),
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                GroupState.NONE,
                new long[] {-1, 8}),
            1,
            "00000001 6f 00000001 6d 0001 00000004 683ac3bc 0000000000000001 0000000000000002"
                + " 0000000000000003 0000000000000004 0000000000000005 0000000000000006"
                + " 0000000000000007 8000000000000000 00000002 ffffffffffffffff 0000000000000008"));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <T> void writesTheGoldenBytes(Golden<T> golden) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    golden.serializer().serialize(golden.value(), out);
    assertThat(out.getCopyOfBuffer()).isEqualTo(golden.bytes());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <T> void readsTheGoldenBytesAndNoMore(Golden<T> golden) throws IOException {
    TypeSerializerSnapshot<T> snapshot = golden.serializer().snapshotConfiguration();
    readSnapshot(snapshot, golden.version());
    DataInputDeserializer in = new DataInputDeserializer(golden.bytes());
    assertThat(snapshot.restoreSerializer().deserialize(in)).isEqualTo(golden.value());
    assertThat(in.available()).isZero();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <T> void copiesByteByByte(Golden<T> golden) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    golden.serializer().copy(new DataInputDeserializer(golden.bytes()), out);
    assertThat(out.getCopyOfBuffer()).isEqualTo(golden.bytes());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <T> void fixedLengthsAreTrue(Golden<T> golden) {
    int length = golden.serializer().getLength();
    if (length >= 0) {
      assertThat(golden.bytes()).hasSize(length);
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <T> void truncatedBytesAreAnError(Golden<T> golden) {
    byte[] bytes = golden.bytes();
    DataInputDeserializer in = new DataInputDeserializer(bytes, 0, bytes.length - 1);
    assertThatThrownBy(() -> golden.serializer().deserialize(in)).isInstanceOf(EOFException.class);
  }

  @Test
  void aRunOfAnImpossibleLengthIsAnErrorInWords() {
    assertThatThrownBy(() -> runOfLength(-5))
        .isInstanceOf(IOException.class)
        .hasMessage("a run must have 0 bytes or more, got -5: the state is damaged");
    assertThatThrownBy(() -> runOfLength(Integer.MAX_VALUE))
        .isInstanceOf(EOFException.class)
        .hasMessage("a run must have 2147483647 bytes and ends before that: the state is damaged");
  }

  @Test
  void aRunLongerThanOneStepIsReadWhole() throws IOException {
    byte[] run = new byte[(33 << 20) + 1];
    new Random(1).nextBytes(run);
    DataOutputSerializer out = new DataOutputSerializer(run.length + 4);
    RunSerializer.INSTANCE.serialize(run, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getSharedBuffer(), 0, out.length());
    assertThat(Arrays.equals(RunSerializer.INSTANCE.deserialize(in), run)).isTrue();
    assertThat(in.available()).isZero();
  }

  private static byte[] runOfLength(int length) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(8);
    out.writeInt(length);
    out.writeInt(7);
    return RunSerializer.INSTANCE.deserialize(new DataInputDeserializer(out.getCopyOfBuffer()));
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <T> void refusesAnotherVersion(Golden<T> golden) {
    TypeSerializerSnapshot<T> snapshot = golden.serializer().snapshotConfiguration();
    int newest = snapshot.getCurrentVersion();
    for (int version : new int[] {0, newest + 1}) {
      assertThatThrownBy(() -> readSnapshot(snapshot, version))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "state of "
                  + snapshot.getClass().getName()
                  + " is in format v"
                  + version
                  + ", this build reads "
                  + (newest == 1 ? "v1" : "v1 to v" + newest)
                  + "; restore it with the build that wrote it");
    }
  }

  private static void readSnapshot(TypeSerializerSnapshot<?> snapshot, int version)
      throws IOException {
    snapshot.readSnapshot(
        version,
        new DataInputDeserializer(new byte[0]),
        StateSerializersTest.class.getClassLoader());
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <T> void snapshotsSurviveFlinksOwnFrame(Golden<T> golden) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, golden.serializer().snapshotConfiguration());
    TypeSerializerSnapshot<T> read =
        TypeSerializerSnapshot.readVersionedSnapshot(
            new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
    assertThat(read.restoreSerializer()).isEqualTo(golden.serializer());
    assertThat(
            golden
                .serializer()
                .snapshotConfiguration()
                .resolveSchemaCompatibility(read)
                .isCompatibleAsIs())
        .isTrue();
  }

  @Test
  void anotherTypesStateIsIncompatible() {
    TypeSerializerSnapshot<?> other = SeenKeySerializer.INSTANCE.snapshotConfiguration();
    @SuppressWarnings("unchecked") // what a renamed state would do
    TypeSerializerSnapshot<RunKey> asRunKey = (TypeSerializerSnapshot<RunKey>) other;
    assertThat(
            RunKeySerializer.INSTANCE
                .snapshotConfiguration()
                .resolveSchemaCompatibility(asRunKey)
                .isIncompatible())
        .isTrue();
  }

  @Test
  void hashesOfKeysAreFrozen() {
    assertThat(new RunKey(10_000L, 3).hashCode()).isEqualTo(310_003);
    assertThat(new SeenKey(7L, MetricType.GAUGE).hashCode()).isEqualTo(219);
  }
}
