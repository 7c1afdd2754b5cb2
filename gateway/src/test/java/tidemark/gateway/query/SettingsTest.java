package tidemark.gateway.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tidemark.gateway.ask.AskException;

class SettingsTest {
  private final Settings settings = new Settings();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "as_of             | ''                          | ''",
        "as_of             | 42                          | 42",
        "as_of             | 999999999999999999          | 999999999999999999",
        "as_of             | 2026-03-01                  | 2026-03-01T00:00:00Z",
        "as_of             | 2026-03-01 10:00            | 2026-03-01T10:00:00Z",
        "as_of             | 2026-03-01 10:00:00Z        | 2026-03-01T10:00:00Z",
        "as_of             | 2026-03-01T10:00:00.25Z     | 2026-03-01T10:00:00.250Z",
        "as_of             | ' 2026-03-01 10:00:00+02 '  | 2026-03-01T08:00:00Z",
        "as_of             | 2026-03-01 10:00:00+05:30   | 2026-03-01T04:30:00Z",
        "wait_complete     | ON                          | on",
        "wait_complete     | true                        | on",
        "wait_complete     | yes                         | on",
        "wait_complete     | 1                           | on",
        "wait_complete     | Off                         | off",
        "wait_complete     | false                       | off",
        "wait_complete     | no                          | off",
        "wait_complete     | 0                           | off",
        "resolution        | AUTO                        | auto",
        "resolution        | 10s                         | 10s",
        "resolution        | 60                          | 60",
        "resolution        | 1H                          | 1h",
        "statement_timeout | 0                           | 0",
        "statement_timeout | 1500                        | 1500",
        "statement_timeout | 1500ms                      | 1500",
        "statement_timeout | 5 s                         | 5000",
        "statement_timeout | 2min                        | 120000",
        "statement_timeout | 1h                          | 3600000",
        "statement_timeout | 1d                          | 86400000",
        "statement_timeout | 2500us                      | 2",
        "timezone          | Etc/UTC                     | UTC",
        "timezone          | gmt                         | UTC",
        "timezone          | +00                         | UTC",
        "client_encoding   | utf-8                       | UTF8",
        "client_encoding   | UNICODE                     | UTF8",
        "application_name  | my tool                     | my tool",
        "datestyle         | ISO                         | ISO",
        "my.own            | anything                    | anything",
      })
  void valuesAreShownAsTheyAreKept(String name, String value, String shown) {
    settings.set(name, value);
    assertThat(settings.show(name)).isEqualTo(shown);
    assertThat(settings.all()).containsEntry(name, shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "as_of|yesterday|22023|as_of must be a time such as 2026-03-01 10:00:00Z or the number of"
            + " an epoch, got yesterday",
        "as_of|-1|22023|as_of must be a time such as 2026-03-01 10:00:00Z or the number of an"
            + " epoch, got -1",
        "as_of|2026-02-30|22023|as_of must be a time such as 2026-03-01 10:00:00Z or the number of"
            + " an epoch, got 2026-02-30",
        "as_of|9999999999999999999|22023|as_of must be a time such as 2026-03-01 10:00:00Z or the"
            + " number of an epoch, got 9999999999999999999",
        "wait_complete|maybe|22023|wait_complete must be on or off, got maybe",
        "wait_complete|''|22023|wait_complete must be on or off, got ",
        "resolution|7s|22023|resolution must be auto, 10s, 1m or 1h, got 7s",
        "resolution|''|22023|resolution must be auto, 10s, 1m or 1h, got ",
        "statement_timeout|-1|22023|statement_timeout must be milliseconds, or a number with ms, s,"
            + " min or h, got -1",
        "statement_timeout|soon|22023|statement_timeout must be milliseconds, or a number with ms,"
            + " s, min or h, got soon",
        "statement_timeout|1.5s|22023|statement_timeout must be milliseconds, or a number with ms,"
            + " s, min or h, got 1.5s",
        "statement_timeout|12345678901|22023|statement_timeout must be milliseconds, or a number"
            + " with ms, s, min or h, got 12345678901",
        "timezone|Europe/Berlin|0A000|times are shown in UTC, got time zone Europe/Berlin",
        "client_encoding|LATIN1|0A000|client_encoding must be UTF8, got LATIN1",
      })
  void otherValuesAreRefusedAndChangeNothing(
      String name, String value, String state, String message) {
    Map<String, String> before = settings.all();
    assertThatThrownBy(() -> settings.set(name, value))
        .isInstanceOf(AskException.class)
        .hasMessageStartingWith(message.strip())
        .extracting(e -> ((AskException) e).state().code())
        .isEqualTo(state);
    assertThat(settings.all()).isEqualTo(before);
  }

  @Test
  void unsetNothingIsAskedFor() {
    assertThat(settings.asOfCheckpoint()).isEmpty();
    assertThat(settings.asOfTime()).isEmpty();
    assertThat(settings.isWaiting()).isFalse();
    assertThat(settings.resolution()).isEmpty();
    assertThat(settings.statementTimeoutMs()).isZero();
    assertThat(settings.all().keySet()).containsAll(Settings.OWN);
  }

  @Test
  void aVersionIsANumberOrATime() {
    settings.set(Settings.AS_OF, "42");
    assertThat(settings.asOfCheckpoint()).isEqualTo(OptionalLong.of(42));
    assertThat(settings.asOfTime()).isEmpty();
    settings.set(Settings.AS_OF, "2026-03-01 10:00:00+01:00");
    assertThat(settings.asOfCheckpoint()).isEmpty();
    assertThat(settings.asOfTime()).isEqualTo(Optional.of(Instant.parse("2026-03-01T09:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource({"10s,10", "10,10", "1m,60", "60,60", "1H,3600", "3600,3600"})
  void aResolutionIsATier(String value, int seconds) {
    settings.set(Settings.RESOLUTION, value);
    assertThat(settings.resolution()).isEqualTo(OptionalInt.of(seconds));
    settings.set(Settings.RESOLUTION, "auto");
    assertThat(settings.resolution()).isEmpty();
  }

  @Test
  void resetGoesBackToTheFirstValue() {
    settings.set(Settings.WAIT_COMPLETE, "on");
    settings.set(Settings.STATEMENT_TIMEOUT, "5s");
    settings.set("my.own", "x");
    assertThat(settings.isWaiting()).isTrue();
    assertThat(settings.statementTimeoutMs()).isEqualTo(5_000);

    settings.reset(Settings.WAIT_COMPLETE);
    assertThat(settings.isWaiting()).isFalse();
    assertThat(settings.statementTimeoutMs()).isEqualTo(5_000);
    settings.reset("my.own");
    assertThatThrownBy(() -> settings.show("my.own"))
        .isInstanceOf(AskException.class)
        .hasMessage("unrecognized configuration parameter \"my.own\"")
        .extracting(e -> ((AskException) e).state().code())
        .isEqualTo("42704");

    settings.set("my.own", "x");
    settings.reset("all");
    assertThat(settings.all()).isEqualTo(new Settings().all());
  }
}
