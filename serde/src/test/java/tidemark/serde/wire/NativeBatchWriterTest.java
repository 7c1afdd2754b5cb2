package tidemark.serde.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tidemark.serde.wire.Decoded.Point;
import tidemark.serde.wire.Decoded.Series;
import tidemark.state.MetricType;
import tidemark.wire.v1.NativeBatch;

final class NativeBatchWriterTest {
  /** Version 1, frozen: batches in Kafka and in archives look like this. Never edit. */
  private static final String GOLDEN_V1 =
      "0801120461636d651a0872657175657374731a0a686f73743a7765622d311a0a726567696f6e3ac3"
          + "a9751a046c6f61641a076c6174656e637922030003042a0301020332030201003a03020102420301"
          + "02014890d3eab6b7335208ab02d00f00ef15005a2800000000000008400000000000000080000000"
          + "000000e83f9a9999999999893f9c7500883ce4377e";

  private final NativeBatchDecoder decoder = new NativeBatchDecoder();
  private final PointBlock block = new PointBlock();

  private static NativeBatchWriter golden() {
    NativeBatchWriter writer = new NativeBatchWriter("acme");
    int requests =
        writer.series(MetricType.COUNTER, "requests", List.of("host:web-1", "region:\u00e9u"));
    int load = writer.series(MetricType.GAUGE, "load", List.of("host:web-1"));
    int latency = writer.series(MetricType.DISTRIBUTION, "latency", List.of());
    writer.point(load, 1_767_225_600_400L, 0.75);
    writer.point(requests, 1_767_225_600_250L, 3);
    writer.point(latency, 1_767_225_599_000L, 0.0125);
    writer.point(requests, 1_767_225_601_250L, -0.0);
    writer.point(latency, 1_767_225_599_000L, 1e300);
    return writer;
  }

  private static final List<Series> GOLDEN_SERIES =
      List.of(
          Series.of(
              "acme/requests[host:web-1, region:\u00e9u]",
              MetricType.COUNTER,
              new Point(1_767_225_600_250L, 3),
              new Point(1_767_225_601_250L, -0.0)),
          Series.of("acme/load[host:web-1]", MetricType.GAUGE, new Point(1_767_225_600_400L, 0.75)),
          Series.of(
              "acme/latency[]",
              MetricType.DISTRIBUTION,
              new Point(1_767_225_599_000L, 0.0125),
              new Point(1_767_225_599_000L, 1e300)));

  @Test
  void versionOneIsWrittenAndReadAsEver() {
    assertThat(HexFormat.of().formatHex(golden().toBytes())).isEqualTo(GOLDEN_V1);
    decoder.decode(HexFormat.of().parseHex(GOLDEN_V1), "", block);
    assertThat(Decoded.of(block)).isEqualTo(GOLDEN_SERIES);
  }

  @Test
  void theGeneratedClassReadsAndWritesTheSameBytes() throws InvalidProtocolBufferException {
    byte[] bytes = golden().toBytes();
    NativeBatch batch = NativeBatch.parseFrom(bytes);
    assertThat(batch.getUnknownFields().asMap()).isEmpty();
    assertThat(batch.toByteArray()).isEqualTo(bytes);
    assertThat(batch.getSymbolsList())
        .containsExactly("requests", "host:web-1", "region:\u00e9u", "load", "latency");
  }

  @Test
  void randomPointsComeBackSeriesBySeries() throws InvalidProtocolBufferException {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      NativeBatchWriter writer = new NativeBatchWriter("acme");
      TreeMap<Integer, List<Point>> sent = new TreeMap<>();
      int points = 1 + random.nextInt(600);
      for (int i = 0; i < points; i++) {
        int number = random.nextInt(20);
        int series = writer.series(MetricType.GAUGE, "m" + number, List.of("n:" + number));
        Point point = new Point(random.nextLong(), random.nextGaussian());
        writer.point(series, point.timestampMs(), point.value());
        sent.computeIfAbsent(series, key -> new ArrayList<>()).add(point);
      }
      byte[] bytes = writer.toBytes();
      decoder.decode(bytes, "", block);
      assertThat(Decoded.of(block).stream().map(Series::points))
          .as("seed %s", seed)
          .containsExactlyElementsOf(sent.values());
      assertThat(NativeBatches.pointsOf(block))
          .isEqualTo(NativeBatches.pointsOf(NativeBatch.parseFrom(bytes), ""));
    }
  }

  @Test
  void sameSeriesHasOneIndexAlsoAfterClear() {
    NativeBatchWriter writer = golden();
    assertThat(writer.pointCount()).isEqualTo(5);
    writer.clear();
    assertThat(writer.pointCount()).isZero();
    assertThat(writer.series(MetricType.GAUGE, "load", List.of("host:web-1"))).isEqualTo(1);
    assertThat(writer.series(MetricType.COUNTER, "load", List.of("host:web-1"))).isEqualTo(3);
    writer.point(2, 5, 7);
    decoder.decode(writer.toBytes(), "", block);
    assertThat(Decoded.of(block))
        .containsExactly(Series.of("acme/latency[]", MetricType.DISTRIBUTION, new Point(5, 7)));
  }

  @Test
  void batchOfAnUnnamedOrgTakesTheReadersDefault() {
    NativeBatchWriter writer = new NativeBatchWriter("");
    writer.point(writer.series(MetricType.GAUGE, "load", List.of()), 0, 1);
    decoder.decode(writer.toBytes(), "fallback", block);
    assertThat(Decoded.name(block, 0)).isEqualTo("fallback/load[]");
  }

  @Test
  void seriesThatWasNeverAddedIsRejected() {
    assertThatThrownBy(() -> new NativeBatchWriter("acme").point(0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("series index must be one that series() returned, below 0, got 0");
  }
}
