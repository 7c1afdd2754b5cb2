package tidemark.cli.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.cli.notify.Webhook.Late;
import tidemark.cli.process.ProcessFailedException;
import tidemark.state.definition.TextPattern;
import tidemark.state.monitor.VerdictMark;
import tidemark.state.monitor.VerdictStatus;

final class NotifyFileTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("TOKEN", "s3cret", "LINES", "s3cret\nX: y", "EMPTY", "");
  private static final String YAML =
      """
      webhooks:
        - name: pager
          url: https://pager.example.com:8443/in/${TOKEN}
          orgs: [acme, beta]
          monitors: [slow*, hot]
          statuses: [alert, no_data]
          headers: {Authorization: "Bearer ${TOKEN}, $HOME"}
          timeout: 2500ms
          retry_for: 1h
          late: skip
        - name: all
          url: http://localhost
      """;

  @Test
  void whatIsGivenStandsOverTheDefaults() {
    List<Webhook> webhooks = NotifyFile.parse(YAML, "f", ENVIRONMENT);
    assertThat(webhooks)
        .containsExactly(
            new Webhook(
                "pager",
                URI.create("https://pager.example.com:8443/in/s3cret"),
                Set.of("acme", "beta"),
                List.of(new TextPattern("slow*"), new TextPattern("hot")),
                Set.of(VerdictStatus.ALERT, VerdictStatus.NO_DATA),
                Map.of("Authorization", "Bearer s3cret, $HOME"),
                Duration.ofMillis(2_500),
                Duration.ofHours(1),
                Late.SKIP),
            new Webhook(
                "all",
                URI.create("http://localhost"),
                Set.of(),
                List.of(new TextPattern("*")),
                Set.of(
                    VerdictStatus.OK,
                    VerdictStatus.WARN,
                    VerdictStatus.ALERT,
                    VerdictStatus.NO_DATA),
                Map.of(),
                Duration.ofSeconds(5),
                Duration.ofMinutes(10),
                Late.SEND));
    assertThat(webhooks)
        .hasToString("[webhook pager to pager.example.com:8443, webhook all to localhost]");
  }

  @Test
  void theExampleOfTheDocumentationIsRight() throws IOException {
    String page = Files.readString(Path.of("../docs/alerts.md"));
    int start = page.indexOf("```yaml\n") + 8;
    List<Webhook> webhooks =
        NotifyFile.parse(
            page.substring(start, page.indexOf("```", start)),
            "alerts.md",
            Map.of("PAGER_TOKEN", "1", "CHAT_PATH", "2"));
    assertThat(webhooks).extracting(Webhook::name).containsExactly("pager", "chat");
    assertThat(webhooks.get(0).headers()).containsExactly(Map.entry("Authorization", "Bearer 1"));
    assertThat(webhooks.get(1).url()).hasToString("https://chat.example.com/hooks/2");
  }

  @Test
  void aWebhookTakesWhatAllItsFieldsAllow() {
    Webhook pager = NotifyFile.parse(YAML, "f", ENVIRONMENT).get(0);
    assertThat(takes(pager, VerdictStatus.ALERT, "acme", "slower")).isTrue();
    assertThat(takes(pager, VerdictStatus.NO_DATA, "beta", "hot")).isTrue();
    assertThat(takes(pager, VerdictStatus.OK, "acme", "slow")).isFalse();
    assertThat(takes(pager, VerdictStatus.ALERT, "gamma", "slow")).isFalse();
    assertThat(takes(pager, VerdictStatus.ALERT, "acme", "hotter")).isFalse();
    assertThat(takes(pager, VerdictStatus.ALERT, "acme", "hot", VerdictMark.AMENDED)).isTrue();
    assertThat(takes(pager, VerdictStatus.ALERT, "acme", "hot", VerdictMark.LATE)).isFalse();
    Webhook all = NotifyFile.parse(YAML, "f", ENVIRONMENT).get(1);
    assertThat(takes(all, VerdictStatus.WARN, "any", "any", VerdictMark.LATE)).isTrue();
  }

  private static boolean takes(
      Webhook webhook, VerdictStatus status, String org, String monitor, VerdictMark... marks) {
    return webhook.takes(TestAlerts.verdict("ab", status, org, monitor, marks));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "name: pager      | name: a/b           | f: webhook a/b: field 'name' must be 1 to 64 letters",
        "name: pager      | nam: pager          | f: webhooks[0]: field 'nam' is not known, the fields",
        "name: pager      | name: all           | f: webhook all: field 'name' stands there twice",
        "url: https://    | url: ftp://         | f: webhook pager: field 'url' must be an address",
        "url: https://    | url: https://u:p@   | f: webhook pager: field 'url' must be an address",
        "url: https://    | url: ' https://     | f: not YAML in line",
        "url: https://    | url: h ://          | f: webhook pager: field 'url' must be an address",
        "url: https://    | uri: https://       | f: webhook pager: field 'uri' is not known",
        "in/${TOKEN}      | ${NONE}             | f: webhook pager: field 'url' needs the environment variable NONE, which is not set",
        "Bearer ${TOKEN}  | ${EMPTY}            | f: webhook pager: field 'headers.Authorization' needs the environment variable EMPTY",
        "Bearer ${TOKEN}  | ${TOKEN             | f: webhook pager: field 'headers.Authorization' must name environment variables as ${NAME}",
        "Bearer ${TOKEN}  | ${LINES}            | f: webhook pager: field 'headers.Authorization' cannot be sent",
        "Authorization:   | Content-type:       | f: webhook pager: field 'headers.Content-type' is set by tidemark",
        "Authorization:   | Host:               | f: webhook pager: field 'headers.Host' cannot be sent",
        "Authorization:   | a b:                | f: webhook pager: field 'headers.a b' cannot be sent",
        "headers: {       | headers: [{         | f: not YAML in line",
        "orgs: [acme, beta] | orgs: acme        | f: webhook pager: field 'orgs' must be a list of texts, or all, got \"acme\"",
        "orgs: [acme, beta] | orgs: [7]         | f: webhook pager: field 'orgs' must be a list of at least one text, got [7]",
        "[slow*, hot]     | []                  | f: webhook pager: field 'monitors' must be a list of at least one text",
        "[slow*, hot]     | {a: b}              | f: webhook pager: field 'monitors' must be a list of at least one text",
        "[alert, no_data] | [alarm]             | f: webhook pager: field 'statuses' must be of [ok, warn, alert, no_data], got 'alarm'",
        "[alert, no_data] | [incomplete]        | f: webhook pager: field 'statuses' must be of",
        "2500ms           | 5                   | f: webhook pager: field 'timeout' must be a duration such as",
        "2500ms           | 0                   | f: webhook pager: field 'timeout' must be from 1 ms to 60000 ms, got 0",
        "2500ms           | 2m                  | f: webhook pager: field 'timeout' must be from 1 ms to 60000 ms",
        "retry_for: 1h    | retry_for: 2d       | f: webhook pager: field 'retry_for' must be from 0 ms to",
        "late: skip       | late: never         | f: webhook pager: field 'late' must be send or skip, got \"never\"",
        "webhooks:        | hooks:              | f: field 'hooks' is not known, it must be webhooks",
      })
  void whatIsWrongIsToldWithFileWebhookAndFieldAndWithoutSecrets(
      String part, String instead, String message) {
    String yaml = YAML.replaceFirst(Pattern.quote(part), instead.replace("$", "\\$"));
    assertThat(yaml).isNotEqualTo(YAML);
    assertThatThrownBy(() -> NotifyFile.parse(yaml, "f", ENVIRONMENT))
        .isInstanceOf(ProcessFailedException.class)
        .satisfies(
            failure -> {
              assertThat(failure).message().startsWith(message);
              for (Throwable each = failure; each != null; each = each.getCause()) {
                assertThat(each.toString()).doesNotContain("s3cret", "pager.example.com");
              }
            });
  }

  @Test
  void aFileWithoutWebhooksIsNone() {
    for (String yaml : new String[] {"", "[]", "webhooks:", "webhooks: []", "webhooks: [7]"}) {
      assertThatThrownBy(() -> NotifyFile.parse(yaml, "f", ENVIRONMENT))
          .as(yaml)
          .isInstanceOf(ProcessFailedException.class)
          .hasMessageStartingWith("f: ");
    }
    assertThatThrownBy(() -> NotifyFile.read(Path.of("/nowhere/notify.yaml"), ENVIRONMENT))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageStartingWith("cannot read /nowhere/notify.yaml");
  }
}
