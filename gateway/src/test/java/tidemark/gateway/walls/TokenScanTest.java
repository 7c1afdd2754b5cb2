package tidemark.gateway.walls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tidemark.gateway.ask.AskException;
import tidemark.gateway.ask.SqlState;

class TokenScanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "SELECT a,b ~ SELECT|a|,|b",
        "a--x ~ a",
        "a/*/*b*/*/c ~ a|c",
        "'a''b' 'c' ~ 'a''b'|'c'",
        "E'a\\'b' c ~ E'a\\'b'|c",
        "'a\\' b ~ 'a\\'|b",
        "x'00'n'y' ~ x'00'|n'y'",
        "e 'x' ~ e|'x'",
        "\"a\"\"b\" ~ \"a\"\"b\"",
        "$$a'b$$ $x$ $$ $x$ ~ $$a'b$$|$x$ $$ $x$",
        "$1 $23 ~ $1|$23",
        "a$b$c ~ a$b$c",
        "1.5e+3-2 .5 1_000 ~ 1.5e+3|-|2|.|5|1_000",
        "a->>b ~ a|-|>|>|b",
        "a; ;-- b ~ a",
      })
  void textIsCutAsTheEngineCutsIt(String sql, String tokens) {
    assertThat(TokenScan.scan(sql).stream().map(Token::text).toList())
        .containsExactly(tokens.strip().split("\\|", -1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ";", "-- a", "/* a */", ";;\n;"})
  void nothingIsNoStatement(String sql) {
    assertThatThrownBy(() -> TokenScan.scan(sql))
        .isInstanceOf(AskException.class)
        .hasMessage("the statement is empty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "SELECT 'a ~ the quote has no end ~ 8",
        "SELECT \"a ~ the quote has no end ~ 8",
        "SELECT $$a ~ the quote has no end ~ 8",
        "é /* a ~ the comment has no end ~ 3",
        "a; b ~ one statement at a time, got several ~ 2",
        "SELECT ? ~ a parameter must be $1, $2, ..., got ? ~ 8",
        "SELECT $a ~ a dollar sign begins a parameter, $1, or a quote, $$ ~ 8",
      })
  void errorsShowTheirPlace(String sql, String message, int position) {
    assertThatThrownBy(() -> TokenScan.scan(sql))
        .hasMessage(message)
        .satisfies(e -> assertThat(((AskException) e).position()).hasValue(position));
  }

  @Test
  void positionsCountCharacters() {
    assertThatThrownBy(() -> TokenScan.scan("'\uD83D\uDE00' ?"))
        .satisfies(e -> assertThat(((AskException) e).position()).hasValue(5));
    assertThat(TextPlace.ofUtf8("a\u00e9\uD83D\uDE00b", 7)).isEqualTo(4);
    assertThat(TextPlace.ofUtf8("ab", 99)).isEqualTo(2);
  }

  @Test
  void theLimitsAreExact() {
    String name = "a".repeat(WallLimits.NAME_CHARACTERS);
    assertThat(TokenScan.scan(name)).hasSize(1);
    assertTooComplex(name + "a");
    String deep = "(".repeat(WallLimits.NESTING) + ")".repeat(WallLimits.NESTING);
    assertThat(TokenScan.scan(deep + deep)).hasSize(4 * WallLimits.NESTING);
    assertTooComplex("(" + deep + ")");
    assertThat(TokenScan.scan("a ".repeat(WallLimits.TOKENS))).hasSize(WallLimits.TOKENS);
    assertTooComplex("a ".repeat(WallLimits.TOKENS + 1));
    assertTooComplex("window " + "a ".repeat(WallLimits.TOKENS_WITH_WINDOWS));
    assertThat(TokenScan.scan("a" + " ".repeat(WallLimits.TEXT_CHARACTERS - 1))).hasSize(1);
    assertTooComplex("a" + " ".repeat(WallLimits.TEXT_CHARACTERS));
  }

  private static void assertTooComplex(String sql) {
    assertThatThrownBy(() -> TokenScan.scan(sql))
        .isInstanceOf(AskException.class)
        .satisfies(
            e -> assertThat(((AskException) e).state()).isEqualTo(SqlState.STATEMENT_TOO_COMPLEX));
  }
}
