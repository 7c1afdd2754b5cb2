package tidemark.serde.definition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;
import tidemark.state.definition.Definition;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Measure;
import tidemark.state.definition.Monitor.NoData;
import tidemark.state.definition.Monitor.Side;
import tidemark.state.definition.Monitor.Thresholds;
import tidemark.state.definition.Removal;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;

final class DefinitionCodecTest {
  // Golden bytes of format 1, never to be edited.
  private static final String RULE_1 =
      "{\"v\":1,\"kind\":\"rule\",\"org\":\"acme\",\"name\":\"by-service\",\"version\":3,"
          + "\"from_ms\":1772323200000,\"metric\":\"http.*\","
          + "\"where\":{\"env\":\"prod\",\"service\":[\"!test*\",\"\\\\!odd\"]},"
          + "\"keep\":[\"service\"],\"types\":[\"counter\",\"gauge\"],"
          + "\"tiers\":[\"10s\",\"1m\",\"1h\"],\"drops_finer\":false,\"max_series\":1000}";
  private static final String MONITOR_1 =
      "{\"v\":1,\"kind\":\"monitor\",\"org\":\"acme\",\"name\":\"slow\",\"version\":1,"
          + "\"from_ms\":1772323200000,\"metric\":\"http.latency\",\"type\":\"distribution\","
          + "\"group_by\":[\"env\",\"service\"],\"measure\":\"share_above(250)\","
          + "\"window_ms\":300000,\"step_ms\":60000,\"side\":\"above\",\"alert\":0.5,"
          + "\"warn\":0.25,\"alert_recovery\":0.375,\"no_data\":\"report\","
          + "\"new_group_delay_ms\":60000,\"forget_group_ms\":86400000,\"max_groups\":100}";
  private static final String REMOVAL_1 =
      "{\"v\":1,\"kind\":\"monitor\",\"org\":\"acme\",\"name\":\"slow\",\"version\":2,"
          + "\"from_ms\":1772323260000,\"removed\":true}";

  private static final AggregationRule RULE =
      new AggregationRule(
          "acme",
          "by-service",
          3,
          1_772_323_200_000L,
          new SeriesFilter(
              new TextPattern("http.*"),
              List.of(
                  new TagCondition("env", new TextPattern("prod"), false),
                  new TagCondition("service", new TextPattern("test*"), true),
                  new TagCondition("service", new TextPattern("!odd"), false))),
          TagChoice.KEEP,
          new TreeSet<>(Set.of("service")),
          Set.of(MetricType.COUNTER, MetricType.GAUGE),
          new TreeSet<>(Set.of(10, 60, 3600)),
          false,
          1000);
  private static final Monitor MONITOR =
      new Monitor(
          "acme",
          "slow",
          1,
          1_772_323_200_000L,
          new SeriesFilter(new TextPattern("http.latency"), List.of()),
          MetricType.DISTRIBUTION,
          new TreeSet<>(Set.of("service", "env")),
          new Measure(Function.SHARE_ABOVE, 250),
          300_000,
          60_000,
          new Thresholds(
              Side.ABOVE,
              0.5,
              OptionalDouble.of(0.25),
              OptionalDouble.of(0.375),
              OptionalDouble.empty()),
          NoData.REPORT,
          60_000,
          86_400_000,
          100);
  private static final Removal REMOVAL =
      new Removal(Definition.Kind.MONITOR, "acme", "slow", 2, 1_772_323_260_000L);

  private static Definition read(String json) {
    return DefinitionCodec.ofJson(json.getBytes(UTF_8));
  }

  @Test
  void goldenBytesOfFormatOne() {
    assertThat(new String(DefinitionCodec.toJson(RULE), UTF_8)).isEqualTo(RULE_1);
    assertThat(new String(DefinitionCodec.toJson(MONITOR), UTF_8)).isEqualTo(MONITOR_1);
    assertThat(new String(DefinitionCodec.toJson(REMOVAL), UTF_8)).isEqualTo(REMOVAL_1);
    assertThat(read(RULE_1)).isEqualTo(RULE);
    assertThat(read(MONITOR_1)).isEqualTo(MONITOR);
    assertThat(read(REMOVAL_1)).isEqualTo(REMOVAL);
  }

  @Test
  void everyDefinitionComesBack() {
    for (long seed = 0; seed < 5_000; seed++) {
      Definition definition = new RandomDefinitions(seed).next();
      byte[] json = DefinitionCodec.toJson(definition);
      assertThat(DefinitionCodec.ofJson(json)).as("seed %d", seed).isEqualTo(definition);
      assertThat(DefinitionCodec.toJson(DefinitionCodec.ofJson(json))).isEqualTo(json);
    }
  }

  @Test
  void orderAndRepetitionOfConditionsDoNotMatter() {
    String turned =
        RULE_1.replace("\"env\":\"prod\",", "").replace("]},", ",\"!test*\"],\"env\":[\"prod\"]},");
    assertThat(turned).isNotEqualTo(RULE_1);
    assertThat(read(turned)).isEqualTo(RULE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"v\":1,          | \"v\":2,       | format of a definition must be 1, found v=2",
        "\"v\":1,          | ``             | field 'v' is missing",
        "\"kind\":\"rule\" | \"kind\":\"x\" | field 'kind' must be one of [rule, monitor], got 'x'",
        "\"org\":\"acme\"  | \"org\":7      | field 'org' must be text, got 7",
        "acme              | \\ud800        | field 'org' must be encodable",
        "\"acme\"          | \"\"           | org of by-service must not be empty",
        "by-service        | a/b            | a name must be 1 to 64 letters",
        "\"version\":3     | \"version\":0  | version of by-service must be at least 1, got 0",
        "\"version\":3     | \"version\":3.5 | field 'version' must be a whole number",
        "1772323200000     | 1e3            | field 'from_ms' must be a whole number of milli",
        "1772323200000     | 9223372036854775808 | field 'from_ms' must be a whole number of",
        "\"prod\"          | {}             | field 'where.env' must be text, got {}",
        "\"!test*\"        | \"!\"          | a pattern must not be empty",
        "\"keep\"          | \"keeps\"      | a rule must have either the field 'keep'",
        "\"keep\"          | \"keep\":[],\"drop\" | a rule must have either the field 'keep'",
        "[\"service\"]     | [null]         | field 'keep' must be text, got null",
        "\"counter\"       | \"count\"      | field 'types' must be one of [counter, gauge, dist",
        "\"10s\"           | \"5s\"         | field 'tiers' must be one of [10s, 1m, 1h], got '5s'",
        "false             | 0              | field 'drops_finer' must be true or false, got 0",
        ":1000             | :0             | rule by-service must be allowed at least 1 series",
        "\"max_series\"    | \"max\"        | field 'max_series' is missing",
        ":1000}            | :1000,\"x\":1} | field 'x' is not known here",
        ":1000}            | :1000,\"v\":1} | a definition must be JSON: Duplicate field 'v'",
        ":1000}            | :1000} {}      | a definition must be JSON: Trailing token",
        ":1000}            | :1000          | a definition must be JSON: Unexpected end-of-input",
        ":1000}            | :1000,\"removed\":true} | field 'metric' is not known here",
      })
  void whatIsWrongIsNamed(String part, String instead, String message) {
    String json = RULE_1.replace(part, instead);
    assertThat(json).isNotEqualTo(RULE_1);
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "share_above(250)|share_above",
        "share_above(250)|avg(1)",
        "share_above(250)|percentile(0x1)",
        "share_above(250)|percentile(NaN)",
        "share_above(250)|percentile(1.5)",
        "share_above(250)|share_above(1E999)",
        "share_above(250)|last",
        "\"alert\":0.5|\"alert\":1e999",
        "\"alert\":0.5|\"alert\":\"0.5\"",
        "\"warn\":0.25|\"warn\":0.75",
        "300000|300001",
        "\"report\"|\"REPORT\"",
        "\"above\"|\"over\"",
      })
  void wrongMonitorsAreRefused(String part, String instead) {
    String json = MONITOR_1.replace(part, instead);
    assertThat(json).isNotEqualTo(MONITOR_1);
    assertThatThrownBy(() -> read(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void notJsonAtAllIsRefused() {
    assertThatThrownBy(() -> DefinitionCodec.ofJson(null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a definition must have 1 to 32768 bytes, got 0");
    assertThatThrownBy(() -> read("[]"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a definition must be a JSON object, got ARRAY");
    assertThatThrownBy(() -> DefinitionCodec.ofJson(new byte[] {'{', (byte) 0xC3, '}'}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a definition must be UTF-8, and its bytes are not");
    assertThatThrownBy(() -> read("[".repeat(500_000)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void brokenBytesNeverGiveAnotherException() {
    int refused = 0;
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      byte[] json = DefinitionCodec.toJson(new RandomDefinitions(seed).next());
      byte[] broken = Arrays.copyOf(json, 1 + random.nextInt(2 * json.length));
      if (random.nextBoolean()) {
        broken = json.clone();
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        broken[random.nextInt(broken.length)] =
            random.nextBoolean()
                ? (byte) random.nextInt()
                : (byte) "{}[]\",:0-9.eE\\tn".charAt(random.nextInt(16));
      }
      try {
        Definition read = DefinitionCodec.ofJson(broken);
        assertThat(DefinitionCodec.ofJson(DefinitionCodec.toJson(read)))
            .as("seed %d", seed)
            .isEqualTo(read);
      } catch (IllegalArgumentException e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
        refused++;
      }
    }
    assertThat(refused).isBetween(5_000, 19_000);
  }

  @Test
  void whatUtf8CannotHoldIsNotWritten() {
    assertThatThrownBy(
            () -> DefinitionCodec.toJson(new Removal(Definition.Kind.RULE, "\ud800", "n", 1, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a definition must be encodable as UTF-8");
  }
}
