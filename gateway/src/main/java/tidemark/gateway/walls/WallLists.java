package tidemark.gateway.walls;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What statements may name besides DuckDB's functions of {@link FunctionList}. Case does not
 * matter.
 *
 * @param relations logical tables, such as {@code points}; plain names
 * @param functions our own macros, scalar or aggregate, such as {@code percentile}
 * @param settings that SET and RESET take
 * @param shownSettings that SHOW takes besides these
 */
public record WallLists(
    Set<String> relations, Set<String> functions, Set<String> settings, Set<String> shownSettings) {

  /** Settings that clients send of their own accord and that change no answer. */
  public static final Set<String> CLIENT_SETTINGS =
      Set.of(
          "application_name",
          "bytea_output",
          "client_encoding",
          "client_min_messages",
          "datestyle",
          "default_transaction_isolation",
          "default_transaction_read_only",
          "default_transaction_deferrable",
          "extra_float_digits",
          "idle_in_transaction_session_timeout",
          "intervalstyle",
          "jit",
          "lc_messages",
          "lc_monetary",
          "lc_numeric",
          "lc_time",
          "lock_timeout",
          "row_security",
          "search_path",
          "standard_conforming_strings",
          "synchronize_seqscans",
          "transaction_isolation",
          "transaction_read_only",
          "transaction_timeout");

  public WallLists {
    relations = lowerCase(relations);
    functions = lowerCase(functions);
    settings = lowerCase(settings);
    shownSettings = lowerCase(shownSettings);
    for (String relation : relations) {
      if (!TreeWalk.PLAIN_NAME.matcher(relation).matches()) {
        throw new IllegalArgumentException("a relation must have a plain name, got " + relation);
      }
    }
  }

  private static Set<String> lowerCase(Set<String> names) {
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }
}
