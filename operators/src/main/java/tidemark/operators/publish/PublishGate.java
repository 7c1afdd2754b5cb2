package tidemark.operators.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.JsonUtil;
import tidemark.serde.catalog.ReplayBranch;
import tidemark.serde.catalog.ReplayOrigin;

/**
 * Whether a branch may be published: a comparison of exactly this version of it without a
 * difference.
 */
final class PublishGate {
  private PublishGate() {}

  /**
   * The comparison that allows it, or the reason that was given.
   *
   * @throws IllegalArgumentException if there is neither
   */
  static String pass(Table rollups, PublishConfig config, ReplayOrigin origin, long head) {
    if (!config.reason().isBlank()) {
      return "despite differences: " + config.reason();
    }
    String found = "it was not compared";
    for (String text : ReplayBranch.comparisons(rollups)) {
      JsonNode verdict = read(text);
      if (isOf(verdict, "left", config.branch(), head)
          || isOf(verdict, "right", config.branch(), head)) {
        boolean isWhole = verdict.path("whole").asBoolean() && verdict.path("complete").asBoolean();
        if (isWhole && verdict.path("base").asLong() == origin.base()) {
          if (verdict.path("equal").asBoolean()) {
            return text;
          }
          found =
              "comparing %s (snapshot %d) with %s found %s"
                  .formatted(
                      verdict.path("right").asText(),
                      verdict.path("right_snapshot").asLong(),
                      verdict.path("left").asText(),
                      verdict.path("counts"));
        }
      }
    }
    throw new IllegalArgumentException(
        "branch %s cannot be published: %s; compare it with main or with a second replay of the same range, or say why it is right with --despite-differences"
            .formatted(config.branch(), found));
  }

  private static boolean isOf(JsonNode verdict, String side, String branch, long head) {
    return verdict.path(side).asText().equals(branch)
        && verdict.path(side + "_snapshot").asLong() == head;
  }

  private static JsonNode read(String text) {
    try {
      return JsonUtil.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the verdict of a comparison is no JSON: " + text, e);
    }
  }
}
