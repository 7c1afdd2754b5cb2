package tidemark.gateway.dictionary;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a statement over the dictionary may call: macros of ours, and functions of the engine that
 * mean there what they mean in PostgreSQL and touch nothing but their arguments. Names are in lower
 * case.
 */
final class AllowedFunctions {
  /** They make rows in FROM. */
  static final Set<String> OF_TABLES = Set.of("generate_series", "unnest");

  private static final Pattern MACRO = Pattern.compile("CREATE MACRO pg\\.\"?(\\w+)\"?\\((?s:.*)");

  private static final Set<String> MACROS =
      Resources.statements("functions.sql").stream()
          .map(MACRO::matcher)
          .filter(Matcher::matches)
          .map(matcher -> matcher.group(1))
          .collect(Collectors.toUnmodifiableSet());

  private static final Set<String> OPERATORS =
      Set.of(
          "+ - * / // % ^ || & | << >> ~ @ ~~ !~~ ~~* !~~* ~* !~* regexp_full_match like_escape"
              .concat(" not_like_escape ilike_escape not_ilike_escape list_value array_slice row")
              .split(" ", -1));

  private static final Set<String> BUILT_IN =
      Set.of(
          "abs array_agg array_append array_cat array_prepend avg bit_length bool_and bool_or btrim"
              .concat(" ceil ceiling chr coalesce concat concat_ws count count_star date_part")
              .concat(" date_trunc dense_rank first_value floor generate_series greatest initcap")
              .concat(" lag last_value lead least left lower ltrim make_date max md5 min mod")
              .concat(" now nullif octet_length rank regexp_replace replace reverse right round")
              .concat(" row_number rtrim sign split_part starts_with string_agg")
              .concat(" string_to_array substr substring sum timezone to_timestamp translate trim")
              .concat(" trunc unnest upper get_current_timestamp today ascii to_hex")
              .split(" ", -1));

  private AllowedFunctions() {}

  /** Whether it is one of {@code functions.sql}, which then goes before the engine's. */
  static boolean isMacro(String name) {
    return MACROS.contains(name);
  }

  static boolean isAllowed(String name) {
    return isMacro(name) || isOperator(name) || BUILT_IN.contains(name);
  }

  /** Written between its arguments, or made by the parser. */
  static boolean isOperator(String name) {
    return OPERATORS.contains(name);
  }
}
