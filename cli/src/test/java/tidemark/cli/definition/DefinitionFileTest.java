package tidemark.cli.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.cli.process.ProcessFailedException;
import tidemark.state.MetricType;
import tidemark.state.definition.AggregationRule;
import tidemark.state.definition.AggregationRule.TagChoice;
import tidemark.state.definition.Definition.Kind;
import tidemark.state.definition.Monitor;
import tidemark.state.definition.Monitor.Function;
import tidemark.state.definition.Monitor.Measure;
import tidemark.state.definition.Monitor.NoData;
import tidemark.state.definition.Monitor.Side;
import tidemark.state.definition.Monitor.Thresholds;
import tidemark.state.definition.SeriesFilter;
import tidemark.state.definition.TagCondition;
import tidemark.state.definition.TextPattern;

final class DefinitionFileTest {
  private static final String YAML =
      """
      org: acme
      rules:
        - name: r
          metric: http.*
          where: {env: prod}
          drop: [host]
          types: [counter]
          tiers: [1m]
          drops_finer: true
          max_series: 7
      monitors:
        - name: m
          metric: load
          type: gauge
          measure: max
          window: 90s
          step: 30s
          side: below
          alert: 1.5
          new_group_delay: 0
      """;

  @Test
  void theExampleOfTheDocumentationIsReadAsItSays() throws IOException {
    String page = Files.readString(Path.of("../docs/rules.md"));
    int start = page.indexOf("```yaml\n") + 8;
    DefinitionFile file =
        DefinitionFile.parse(page.substring(start, page.indexOf("```", start)), "rules.md");
    assertThat(file.of(Kind.RULE)).hasSize(1);
    assertThat(file.of(Kind.RULE).get(0).as(2, 60_000))
        .isEqualTo(
            new AggregationRule(
                "demo",
                "by-service",
                2,
                60_000,
                new SeriesFilter(
                    new TextPattern("http.*"),
                    List.of(
                        new TagCondition("env", new TextPattern("prod"), false),
                        new TagCondition("service", new TextPattern("canary"), true),
                        new TagCondition("service", new TextPattern("test*"), true))),
                TagChoice.KEEP,
                new TreeSet<>(Set.of("service")),
                Set.of(MetricType.values()),
                new TreeSet<>(Set.of(10, 60, 3600)),
                false,
                10_000));
    assertThat(file.of(Kind.MONITOR)).hasSize(1);
    assertThat(file.of(Kind.MONITOR).get(0).as(1, 0))
        .isEqualTo(
            new Monitor(
                "demo",
                "slow",
                1,
                0,
                new SeriesFilter(new TextPattern("http.latency"), List.of()),
                MetricType.DISTRIBUTION,
                new TreeSet<>(Set.of("service")),
                new Measure(Function.PERCENTILE, 0.99),
                300_000,
                60_000,
                new Thresholds(
                    Side.ABOVE,
                    250,
                    OptionalDouble.of(200),
                    OptionalDouble.of(240),
                    OptionalDouble.empty()),
                NoData.REPORT,
                300_000,
                86_400_000,
                1000));
  }

  @Test
  void whatIsGivenStandsOverTheDefaults() {
    DefinitionFile file = DefinitionFile.parse(YAML, "f");
    AggregationRule rule = (AggregationRule) file.of(Kind.RULE).get(0).as(1, 0);
    assertThat(rule.choice()).isEqualTo(TagChoice.DROP);
    assertThat(rule.types()).containsExactly(MetricType.COUNTER);
    assertThat(rule.tiers()).containsExactly(60);
    assertThat(rule.dropsFiner()).isTrue();
    assertThat(rule.maxSeries()).isEqualTo(7);
    Monitor monitor = (Monitor) file.of(Kind.MONITOR).get(0).as(1, 0);
    assertThat(monitor.windowMs()).isEqualTo(90_000);
    assertThat(monitor.stepMs()).isEqualTo(30_000);
    assertThat(monitor.thresholds().side()).isEqualTo(Side.BELOW);
    assertThat(monitor.newGroupDelayMs()).isZero();
    assertThat(monitor.groupBy()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "org: acme        | org: 7              | f: rule r: field 'org' must be text, got 7",
        "org: acme        | orgs: acme          | f: field 'orgs' is not known",
        "org: acme        | ``                  | f: rule r: field 'org' is missing",
        "- name: r        | - nam: r            | f: rules[0]: field 'nam' is not known, the fields",
        "- name: r        | - name: a/b         | f: rule a/b: a name must be 1 to 64 letters",
        "metric: http.*   | metrics: http       | f: rule r: field 'metrics' is not known",
        "metric: http.*   | ``                  | f: rule r: field 'metric' is missing",
        "env: prod        | env: true           | f: rule r: field 'where.env' must be text, got true",
        "drop: [host]     | drop: host          | f: rule r: field 'drop' must be a list of texts",
        "drop: [host]     | ``                  | f: rule r: a rule must have either the field 'keep'",
        "[counter]        | [count]             | f: rule r: field 'types' must be one of [counter,",
        "[1m]             | [5m]                | f: rule r: field 'tiers' must be one of [10s, 1m, 1h]",
        "drops_finer: true | drops_finer: maybe | f: rule r: field 'drops_finer' must be true or false",
        "max_series: 7    | max_series: 0       | f: rule r: rule r must be allowed at least 1 series",
        "max_series: 7    | max_series: 1.5     | f: rule r: field 'max_series' must be a whole number",
        "max_series: 7    | max_series: ~       | f: rule r: field 'max_series' must be a whole number",
        "window: 90s      | window: 90          | f: monitor m: field 'window' must be a duration such",
        "window: 90s      | window: 95s         | f: monitor m: window of monitor m must be a multiple",
        "window: 90s      | ``                  | f: monitor m: field 'window' is missing",
        "window: 90s      | window_ms: 90000    | f: monitor m: field 'window_ms' is not known",
        "step: 30s        | step: [30s]         | f: monitor m: field 'step' must be a duration such as",
        "step: 30s        | step: 2m            | f: monitor m: step of monitor m must be a multiple",
        "measure: max     | measure: p99        | f: monitor m: a measure must be one of [count, sum,",
        "measure: max     | measure: percentile(0.5) | f: monitor m: monitor m cannot compute PERCENTI",
        "side: below      | side: under         | f: monitor m: field 'side' must be one of [above,",
        "alert: 1.5       | alert: high         | f: monitor m: field 'alert' must be a number, got",
        "alert: 1.5       | alert: .nan         | f: monitor m: field 'alert' must be a number, got",
        "alert: 1.5       | ``                  | f: monitor m: field 'alert' is missing",
        "rules:           | rules: {            | f: while",
        "monitors:        | rules:              | f: ",
        "monitors:        | monitor:            | f: field 'monitor' is not known, it must be",
      })
  void whatIsWrongIsToldWithFileEntryAndField(String part, String instead, String message) {
    String yaml = YAML.replaceFirst(Pattern.quote(part), instead);
    assertThat(yaml).isNotEqualTo(YAML);
    assertThatThrownBy(() -> DefinitionFile.parse(yaml, "f"))
        .isInstanceOf(ProcessFailedException.class)
        .message()
        .startsWith(message);
  }

  @Test
  void aNameStandsThereOnce() {
    String rule = YAML.substring(YAML.indexOf("  - name: r"), YAML.indexOf("monitors:"));
    assertThatThrownBy(() -> DefinitionFile.parse(YAML.replace(rule, rule + rule), "f"))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessage("f: rule r of org acme stands there twice");
    String other = rule.replace("name: r", "name: r\n    org: other");
    DefinitionFile two = DefinitionFile.parse(YAML.replace(rule, rule + other), "f");
    assertThat(two.of(Kind.RULE))
        .extracting(WantedDefinition::org)
        .containsExactly("acme", "other");
  }

  @Test
  void emptyListsAreFilesToo() {
    assertThat(DefinitionFile.parse("org: a\nrules:\n", "f").wanted()).isEmpty();
    for (String yaml : new String[] {"", "[]", "rules", "rules: 7", "rules: [7]"}) {
      assertThatThrownBy(() -> DefinitionFile.parse(yaml, "f"))
          .as(yaml)
          .isInstanceOf(ProcessFailedException.class)
          .hasMessageStartingWith("f: ");
    }
    assertThatThrownBy(() -> DefinitionFile.read(Path.of("/nowhere/rules.yaml")))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageStartingWith("cannot read /nowhere/rules.yaml");
  }
}
