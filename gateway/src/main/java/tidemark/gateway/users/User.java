package tidemark.gateway.users;

import java.util.regex.Pattern;
import tidemark.gateway.ask.ScramVerifier;

/**
 * One user.
 *
 * @param org whose data it sees, and no other's
 */
public record User(String name, String org, ScramVerifier verifier, UserLimits limits) {
  /** No colon: HTTP's Basic authentication ends the name at the first one. */
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}:]{1,128}");

  private static final Pattern ORG = Pattern.compile("[^\\p{Cntrl}]{1,256}");

  public User {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a user's name must be 1 to 128 characters without colon and control characters, got "
              + name.length());
    }
    if (!ORG.matcher(org).matches()) {
      throw new IllegalArgumentException(
          "the org of user %s must be 1 to 256 characters without control characters, got %d"
              .formatted(name, org.length()));
    }
  }
}
