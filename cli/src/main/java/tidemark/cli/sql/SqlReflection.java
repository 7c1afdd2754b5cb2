package tidemark.cli.sql;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What an answer reflects: the newest commit that is in it, and the rows that no commit holds yet.
 *
 * @param epoch number of that commit; 0 if there is none
 * @param watermark windows that end by then are complete but for late points; empty if unknown
 * @param watermarkKind {@code heartbeat}, {@code estimated} or {@code unknown}
 * @param isComplete whether every window asked for ends by the watermark
 * @param hotRows rows that are in no commit yet, of those that it could see
 * @param latePending points behind the watermark among these
 */
public record SqlReflection(
    long epoch,
    String watermark,
    String watermarkKind,
    boolean isComplete,
    long hotRows,
    long latePending) {

  public static final SqlReflection NONE = new SqlReflection(0, "", "unknown", false, 0, 0);

  static SqlReflection of(JsonNode provenance) {
    return new SqlReflection(
        provenance.path("epoch").asLong(),
        provenance.path("watermark").asText(""),
        provenance.path("watermark_kind").asText("unknown"),
        provenance.path("complete").asBoolean(),
        provenance.path("hot_rows").asLong(),
        provenance.path("late_pending").asLong());
  }

  /** Of a statement that is not about points. */
  boolean isOfNothing() {
    return epoch == 0 && watermark.isEmpty() && hotRows == 0;
  }

  /** One line. */
  public String describe() {
    return "%s, %s, %s, %d hot rows%s"
        .formatted(
            epoch == 0 ? "nothing committed yet" : "epoch " + epoch,
            watermark.isEmpty()
                ? "no watermark yet"
                : "watermark %s (%s)".formatted(watermark, watermarkKind),
            isComplete ? "complete" : "not complete: it reaches beyond the watermark",
            hotRows,
            latePending == 0 ? "" : " with %d late points".formatted(latePending));
  }
}
