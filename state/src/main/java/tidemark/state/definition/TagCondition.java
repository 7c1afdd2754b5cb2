package tidemark.state.definition;

import java.util.List;
import java.util.Objects;
import tidemark.state.SeriesIdentity;

/**
 * One tag that a series must have, or must not.
 *
 * @param key of the tag
 * @param value what its value must match; a series without the tag matches no value
 * @param isNegated whether series that match are left out, and all others taken
 */
public record TagCondition(String key, TextPattern value, boolean isNegated) {

  public TagCondition {
    Objects.requireNonNull(value, "value");
    if (key.isEmpty() || key.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "a tag's key must not be empty nor contain a colon, got '%s'".formatted(key));
    }
  }

  /**
   * @param tags {@code key:value} each
   */
  public boolean holds(List<String> tags) {
    for (String tag : tags) {
      if (SeriesIdentity.key(tag).equals(key)) {
        return value.matches(SeriesIdentity.value(tag)) != isNegated;
      }
    }
    return isNegated;
  }
}
