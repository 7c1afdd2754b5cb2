package tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The golden values are frozen: stored series ids, key groups and savepoints follow from them. */
class SeriesIdentityTest {

  @ParameterizedTest
  @CsvSource({
    "acme|cpu.load, b8758142907608fe, b670c01fbbed9165",
    "acme|cpu.load|host:a, 48edd85b244dd553, 3fc1344b951d65ac",
    "acme|cpu.load|host:a|region:eu-west-1, 7265e9400391941e, b15157a919ad2fc1",
    "größe|温度|ort:Zürich|𝒳:y|😀:|Ａ:1, f227d4514ab2eb44, 3cc35e4e7c77bd98",
    "a|b|c:, 918031b7226f559, 7fedd718081ebc1b",
    "ab|c:, c61e255fba3dd759, b92a4ef59ca5cff4",
  })
  void goldenHashes(String parts, String seriesId, String check) {
    assertThat(identity(parts).hash())
        .containsExactly(Long.parseUnsignedLong(seriesId, 16), Long.parseUnsignedLong(check, 16));
  }

  @ParameterizedTest
  @CsvSource({
    "acme|cpu.load, 0000000461636d65000000086370752e6c6f6164",
    "acme|cpu.load|host:a, 0000000461636d65000000086370752e6c6f616400000006686f73743a61",
    "größe|温度|Ａ:, 000000076772c3b6c39f6500000006e6b8a9e5baa600000004efbca13a",
    "a|b|c:, 0000000161000000016200000002633a",
    "ab|c:, 00000002616200000002633a",
  })
  void goldenCanonicalBytes(String parts, String hex) {
    assertThat(HexFormat.of().formatHex(identity(parts).canonicalBytes())).isEqualTo(hex);
  }

  @Test
  void equalIdentitiesHaveAHashThatDoesNotChange() {
    assertThat(identity("a|b|c:d").hashCode())
        .isEqualTo(31 * (31 * "a".hashCode() + "b".hashCode()) + (31 + "c:d".hashCode()));
  }

  @Test
  void tagsAreCopied() {
    List<String> tags = new ArrayList<>(List.of("a:1"));
    SeriesIdentity identity = new SeriesIdentity("org", "metric", tags);
    tags.add("b:2");
    assertThat(identity.tags()).containsExactly("a:1");
  }

  @Test
  void aValueMayHoldColons() {
    assertThat(SeriesIdentity.key("url:http://x")).isEqualTo("url");
    assertThat(SeriesIdentity.value("url:http://x")).isEqualTo("http://x");
    assertThat(SeriesIdentity.value("url:")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"o|m|b:1|a:1", "o|m|a:1|a:1", "o|m|a:1|a:2", "o|m|a:|a::", "o|m|a-b:1|a-b:2"})
  void tagsOutOfOrderOrTwiceAreRefused(String parts) {
    assertThatThrownBy(() -> identity(parts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tags must be sorted and no key may occur twice, got ");
  }

  /** Else "a", "a-b:1", "a:1" would hold one key twice, with another one in between. */
  @ParameterizedTest
  @ValueSource(strings = {"o|m|a", "o|m|:a", "o|m|a|a-b:1|a:1"})
  void tagsWithoutKeyAndColonAreRefused(String parts) {
    assertThatThrownBy(() -> identity(parts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("a tag must be key:value with a key, got ");
  }

  @Test
  void keysThatBeginAlikeAreDifferent() {
    assertThat(identity("o|m|a-b:1|a:1|ab:1").tags()).hasSize(3);
  }

  @Test
  void emptyNamesAreRefused() {
    assertThatThrownBy(() -> new SeriesIdentity("", "m", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("org and metric must not be empty, got org= metric=m");
    assertThatThrownBy(() -> new SeriesIdentity("o", "", List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("org and metric must not be empty, got org=o metric=");
  }

  @Test
  void halfASurrogatePairIsRefused() {
    for (String text : List.of("\uD83D", "x\uDE00", "\uD83Dx")) {
      assertThatThrownBy(() -> new SeriesIdentity("o", text, List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("half a surrogate pair at");
    }
  }

  private static SeriesIdentity identity(String parts) {
    List<String> list = List.of(parts.split("\\|"));
    return new SeriesIdentity(list.get(0), list.get(1), list.subList(2, list.size()));
  }
}
