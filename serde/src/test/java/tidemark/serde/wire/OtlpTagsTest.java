package tidemark.serde.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.common.v1.KeyValueList;
import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tidemark.state.Refusal;
import tidemark.state.SeriesLimits;

/** Attributes as OpenTelemetry's generated classes write them, through decoder and key. */
final class OtlpTagsTest {
  private static final SeriesLimits LIMITS = new SeriesLimits(4, 100, 40);

  private final OtlpDecoder decoder = new OtlpDecoder();
  private final PointBlock block = new PointBlock();

  private static AnyValue.Builder any() {
    return AnyValue.newBuilder();
  }

  private static KeyValue attribute(String key, AnyValue.Builder value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  private SeriesResolution resolve(List<KeyValue> resource, List<KeyValue> point) {
    byte[] bytes =
        OtlpRequests.of(
                resource,
                OtlpRequests.gauge("load", OtlpRequests.number(1).addAllAttributes(point)))
            .toByteArray();
    decoder.decode(bytes, "acme", block);
    return Decoded.resolve(block, 0, LIMITS);
  }

  private List<String> tags(List<KeyValue> resource, List<KeyValue> point) {
    SeriesResolution resolution = resolve(resource, point);
    assertThat(resolution).isInstanceOf(SeriesResolution.Accepted.class);
    return ((SeriesResolution.Accepted) resolution).identity().tags();
  }

  private String valueOf(AnyValue.Builder value) {
    return tags(List.of(), List.of(attribute("k", value))).get(0).substring(2);
  }

  private void assertRefused(List<KeyValue> resource, List<KeyValue> point, Refusal reason) {
    assertThat(resolve(resource, point)).isEqualTo(new SeriesResolution.Refused(reason));
  }

  @Test
  void attributesOfResourceAndPointBecomeTagsAndThePointWins() {
    assertThat(
            tags(
                List.of(
                    attribute("host", any().setStringValue("a")),
                    attribute("region", any().setStringValue("eu"))),
                List.of(
                    attribute("region", any().setStringValue("us")),
                    attribute("cpu", any().setIntValue(3)))))
        .containsExactly("cpu:3", "host:a", "region:us");
  }

  @Test
  void valuesOfEveryKindHaveAText() {
    assertThat(valueOf(any().setStringValue("a:b \u20ac"))).isEqualTo("a:b \u20ac");
    assertThat(valueOf(any().setBoolValue(true))).isEqualTo("true");
    assertThat(valueOf(any().setBoolValue(false))).isEqualTo("false");
    assertThat(valueOf(any().setIntValue(Long.MIN_VALUE))).isEqualTo("-9223372036854775808");
    assertThat(valueOf(any().setDoubleValue(0.1))).isEqualTo("0.1");
    assertThat(valueOf(any().setBytesValue(ByteString.copyFrom(new byte[] {1, -1}))))
        .isEqualTo("Af8=");
    assertThat(valueOf(any())).isEmpty();
    assertThat(tags(List.of(), List.of(KeyValue.newBuilder().setKey("k").build())))
        .containsExactly("k:");
  }

  @Test
  void nestedValuesBecomeJson() {
    AnyValue.Builder array =
        any()
            .setArrayValue(
                ArrayValue.newBuilder()
                    .addValues(any().setStringValue("a\"\\\n"))
                    .addValues(any().setIntValue(-1))
                    .addValues(any())
                    .addValues(any().setBytesValue(ByteString.copyFromUtf8("x"))));
    assertThat(valueOf(array)).isEqualTo("[\"a\\\"\\\\\\u000a\",-1,null,\"eA==\"]");
    AnyValue.Builder list =
        any()
            .setKvlistValue(
                KeyValueList.newBuilder()
                    .addValues(attribute("z", any().setBoolValue(true)))
                    .addValues(attribute("a", any().setArrayValue(ArrayValue.newBuilder())))
                    .addValues(KeyValue.newBuilder().setKey("n")));
    assertThat(valueOf(list)).isEqualTo("{\"z\":true,\"a\":[],\"n\":null}");
  }

  @Test
  void doublesHaveTheirShortestText() {
    double[] values = {
      5,
      -2.5,
      0.1,
      1e-6,
      9.5e-7,
      1e20,
      1e21,
      1e300,
      0x1p-1074,
      Double.parseDouble("2e23"),
      -0.0,
      1.0 / 3,
      Double.parseDouble("1e23"),
      Double.MAX_VALUE,
      Double.MIN_NORMAL,
      Double.NaN,
      Double.NEGATIVE_INFINITY
    };
    String[] texts = {
      "5",
      "-2.5",
      "0.1",
      "0.000001",
      "9.5E-7",
      "100000000000000000000",
      "1E+21",
      "1E+300",
      "5E-324",
      "2E+23",
      "0",
      "0.3333333333333333",
      "1E+23",
      "1.7976931348623157E+308",
      "2.2250738585072014E-308",
      "NaN",
      "-Infinity"
    };
    for (int i = 0; i < values.length; i++) {
      assertThat(OtlpValueText.ofDouble(values[i])).isEqualTo(texts[i]);
    }
    for (int seed = 0; seed < 20_000; seed++) {
      long bits = new Random(seed).nextLong();
      double value = Double.longBitsToDouble(bits);
      if (!Double.isFinite(value)) {
        continue;
      }
      String text = OtlpValueText.ofDouble(value);
      assertThat(Double.parseDouble(text)).as("seed %s", seed).isEqualTo(value);
      assertThat(digits(text)).isLessThanOrEqualTo(digits(Double.toString(value)));
    }
  }

  private static int digits(String number) {
    return new BigDecimal(number).stripTrailingZeros().precision();
  }

  @Test
  void colonInAKeyBecomesAnUnderscore() {
    assertThat(tags(List.of(), List.of(attribute("a:b:c", any().setStringValue("d:e")))))
        .containsExactly("a_b_c:d:e");
  }

  @Test
  void oneKeyTwiceInAListIsRefused() {
    KeyValue one = attribute("k", any().setIntValue(1));
    assertRefused(List.of(one, one), List.of(), Refusal.DUPLICATE_TAG);
    assertRefused(
        List.of(), List.of(one, attribute("k", any().setIntValue(2))), Refusal.DUPLICATE_TAG);
    assertRefused(
        List.of(attribute("a:b", any()), attribute("a_b", any())),
        List.of(),
        Refusal.DUPLICATE_TAG);
    assertThat(tags(List.of(one), List.of(one))).containsExactly("k:1");
  }

  @Test
  void emptyKeyIsRefused() {
    assertRefused(List.of(attribute("", any().setIntValue(1))), List.of(), Refusal.EMPTY_TAG);
    assertRefused(List.of(), List.of(KeyValue.getDefaultInstance()), Refusal.EMPTY_TAG);
  }

  @Test
  void limitsHoldForBothListsTogether() {
    List<KeyValue> two = List.of(attribute("a", any()), attribute("b", any()));
    List<KeyValue> other = List.of(attribute("b", any()), attribute("c", any()));
    assertThat(tags(two, other)).containsExactly("a:", "b:", "c:");
    List<KeyValue> four =
        List.of("c", "d", "e", "f").stream().map(k -> attribute(k, any())).toList();
    assertThat(tags(List.of(), four)).hasSize(4);
    assertRefused(two, four, Refusal.TOO_MANY_TAGS);
    List<KeyValue> five =
        List.of("c", "d", "e", "f", "g").stream().map(k -> attribute(k, any())).toList();
    assertRefused(five, List.of(), Refusal.TOO_MANY_TAGS);
    assertThat(valueOf(any().setStringValue("\u20ac".repeat(12) + "ab"))).hasSize(14);
    assertRefused(
        List.of(),
        List.of(attribute("k", any().setStringValue("\u20ac".repeat(13)))),
        Refusal.TAG_TOO_LONG);
  }

  @Test
  void nestingIsBounded() {
    assertThat(valueOf(nested(OtlpValueText.MAX_DEPTH))).startsWith("[[[[");
    for (int depth : new int[] {OtlpValueText.MAX_DEPTH + 1, 90}) {
      assertRefused(List.of(), List.of(attribute("k", nested(depth))), Refusal.MALFORMED);
    }
  }

  private static AnyValue.Builder nested(int depth) {
    AnyValue.Builder value = any().setIntValue(1);
    for (int i = 0; i < depth; i++) {
      value = any().setArrayValue(ArrayValue.newBuilder().addValues(value));
    }
    return value;
  }

  @Test
  void brokenAttributesAreRefused() {
    byte[] invalidText =
        OtlpRequests.of(
                List.of(attribute("kkkk", any())),
                OtlpRequests.gauge("load", OtlpRequests.number(1)))
            .toByteArray();
    byte[] cutOff = invalidText.clone();
    int at = new String(invalidText, ISO_8859_1).indexOf("kkkk");
    invalidText[at] = (byte) 0xff;
    cutOff[at - 1] = 5;
    decoder.decode(invalidText, "acme", block);
    assertThat(Decoded.resolve(block, 0, LIMITS))
        .isEqualTo(new SeriesResolution.Refused(Refusal.INVALID_UTF8));
    decoder.decode(cutOff, "acme", block);
    assertThat(Decoded.resolve(block, 0, LIMITS))
        .isEqualTo(new SeriesResolution.Refused(Refusal.MALFORMED));
  }
}
