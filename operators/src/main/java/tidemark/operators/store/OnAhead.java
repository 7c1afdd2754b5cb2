package tidemark.operators.store;

import java.io.Serializable;
import java.util.regex.Pattern;

/**
 * What a job does that is restored from an epoch which the branch has left behind.
 *
 * @param action what it does
 * @param branch name of the new branch; empty unless the action is {@link Action#BRANCH}
 */
public record OnAhead(Action action, String branch) implements Serializable {
  /** Name under which Iceberg keeps the branch that everyone reads. */
  static final String MAIN = "main";

  private static final String BRANCH_PREFIX = "branch=";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

  /** The three cures. */
  public enum Action {
    REFUSE,
    ROLLBACK,
    BRANCH
  }

  /**
   * @param text {@code refuse}, {@code rollback} or {@code branch=NAME}
   */
  public static OnAhead parse(String text) {
    if (text.equals("refuse")) {
      return new OnAhead(Action.REFUSE, "");
    }
    if (text.equals("rollback")) {
      return new OnAhead(Action.ROLLBACK, "");
    }
    String name = text.startsWith(BRANCH_PREFIX) ? text.substring(BRANCH_PREFIX.length()) : "";
    if (!NAME.matcher(name).matches() || name.equals(MAIN) || name.startsWith("savepoint-")) {
      throw new IllegalArgumentException(
          ("%s must be refuse, rollback or branch=NAME, where NAME has up to 64 letters, digits and"
                  + " _.- and is neither main nor savepoint-..., got %s")
              .formatted(StoreOptions.ON_AHEAD.key(), text));
    }
    return new OnAhead(Action.BRANCH, name);
  }
}
