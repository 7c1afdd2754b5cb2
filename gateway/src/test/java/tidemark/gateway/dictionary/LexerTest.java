package tidemark.gateway.dictionary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tidemark.gateway.ask.AskException;

final class LexerTest {
  private static List<String> texts(String sql) {
    return Lexer.tokens(sql).stream().map(Token::text).toList();
  }

  @Test
  void wordsAreInLowerCaseAndQuotedNamesAreNot() {
    assertThat(texts("SELECT \"Ab\"\"c\", Ünder_1$ FROM T"))
        .containsExactly("select", "\"Ab\"\"c\"", ",", "ünder_1$", "from", "t");
  }

  @Test
  void commentsGoAndTextsStay() {
    assertThat(texts("a -- 'b\n/* c /* d */ ' */ '--' 'it''s' E'\\'' $x$ ' /* $x$ $1"))
        .containsExactly("a", "'--'", "'it''s'", "E'\\''", "' '' /* '", "$1");
  }

  @Test
  void operatorsEndWhereThoseOfPostgresDo() {
    assertThat(texts("a=-1 b!~c d<>e::f g<=h @-i j--k"))
        .containsExactly(
            "a", "=", "-", "1", "b", "!~", "c", "d", "<>", "e", "::", "f", "g", "<=", "h", "@-",
            "i", "j");
    assertThat(texts("1.5e-3 .5 x[1:2]"))
        .containsExactly("1.5e-3", ".5", "x", "[", "1", ":", "2", "]");
  }

  @Test
  void whatDoesNotEndIsRefused() {
    for (String sql : List.of("'a", "\"a", "/* a", "E'a\\'", "$a$ b", "$")) {
      assertThatThrownBy(() -> Lexer.tokens(sql))
          .as(sql)
          .isInstanceOf(AskException.class)
          .hasMessageStartingWith("unterminated");
    }
  }

  @Test
  void anyTextEndsAndGivesTheSameTokensOnceMore() {
    String alphabet = "aE'\"$1-/*:;.,()[]~@= \n\\";
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      StringBuilder sql = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        sql.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      List<String> tokens;
      try {
        tokens = texts(sql.toString());
      } catch (AskException e) {
        continue;
      }
      assertThat(texts(String.join(" ", tokens))).as("seed %d: %s", seed, sql).isEqualTo(tokens);
    }
  }

  @Test
  void theDialectIsThatOfTheEngine() {
    assertThat(
            Dialect.rewrite(
                Lexer.tokens("SELECT \"pg_catalog\".f(pg_catalog.pg_class.OID)::pg_catalog.oid")))
        .isEqualTo("select f ( pg_class . oid ) :: uinteger");
    assertThat(
            Dialect.rewrite(
                Lexer.tokens("a OPERATOR(pg_catalog.!~) 'pg_catalog.x' COLLATE \"C\" b")))
        .isEqualTo("a !~ 'pg_catalog.x' b");
    assertThat(Dialect.rewrite(Lexer.tokens("CAST((SELECT oid AS oid) AS oid), x AS oid")))
        .isEqualTo("cast ( ( select oid as oid ) as uinteger ) , x as oid");
  }
}
