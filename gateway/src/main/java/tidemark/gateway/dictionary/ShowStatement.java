package tidemark.gateway.dictionary;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code SHOW x}.
 *
 * @param name of a setting in lower case, or {@code all}
 */
record ShowStatement(String name) {
  static Optional<ShowStatement> of(List<Token> tokens) {
    if (tokens.isEmpty() || !tokens.get(0).is("show")) {
      return Optional.empty();
    }
    String words =
        tokens.stream()
            .skip(1)
            .filter(token -> !token.is(";"))
            .map(Token::name)
            .collect(Collectors.joining(" "));
    return Optional.of(
        new ShowStatement(
            switch (words) {
              case "transaction isolation level" -> "transaction_isolation";
              case "time zone" -> "timezone";
              case "session authorization" -> "session_authorization";
              default -> words.replace(" . ", ".").toLowerCase(Locale.ROOT);
            }));
  }

  boolean isAll() {
    return name.equals("all");
  }
}
