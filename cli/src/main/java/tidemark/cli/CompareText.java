package tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The report of a comparison in lines for people. */
final class CompareText {
  private CompareText() {}

  static List<String> lines(JsonNode report) {
    List<String> lines = new ArrayList<>();
    JsonNode counts = report.path("counts");
    lines.add(
        "%s (snapshot %d) and %s (snapshot %d)"
            .formatted(
                report.path("left").asText(),
                report.path("left_snapshot").asLong(),
                report.path("right").asText(),
                report.path("right_snapshot").asLong()));
    lines.add(
        "%,d rows equal, %,d missing, %,d extra, %,d different, %,d series unknown"
            .formatted(
                counts.path("equal").asLong(),
                counts.path("missing").asLong(),
                counts.path("extra").asLong(),
                counts.path("different").asLong(),
                counts.path("unknown-series").asLong()));
    report
        .path("columns")
        .properties()
        .forEach(
            column ->
                lines.add(
                    "  %s differs in %,d rows"
                        .formatted(column.getKey(), column.getValue().asLong())));
    for (String side : List.of("left", "right")) {
      for (JsonNode epoch : report.path(side + "_epochs")) {
        lines.add(
            "  %,d of them in %s, %s"
                .formatted(epoch.path("rows").asLong(), report.path(side).asText(), epoch(epoch)));
      }
    }
    report.path("rows").forEach(row -> lines.add(row(row)));
    boolean isGate = report.path("whole").asBoolean() && report.path("complete").asBoolean();
    lines.add(
        (report.path("equal").asBoolean() ? "equal" : "not equal")
            + (isGate ? "" : "; this was a part, which does not count for publishing"));
    return lines;
  }

  private static String row(JsonNode row) {
    StringBuilder line = new StringBuilder();
    line.append(
        "%s: tier %d, %s %s %s, series %d at %s"
            .formatted(
                row.path("kind").asText(),
                row.path("tierSeconds").asInt(),
                row.path("org").asText(),
                row.path("metric").asText(),
                row.path("tags"),
                row.path("seriesId").asLong(),
                Instant.ofEpochMilli(row.path("windowStartMs").asLong())));
    if (row.path("columns").isEmpty()) {
      line.append(", left ").append(row.path("left")).append(", right ").append(row.path("right"));
    }
    for (JsonNode column : row.path("columns")) {
      String name = column.asText();
      line.append(
          ", %s %s and %s"
              .formatted(
                  name,
                  row.path("left").path(name).asText(),
                  row.path("right").path(name).asText()));
    }
    row.path("left_epochs").forEach(epoch -> line.append("; left: ").append(epoch(epoch)));
    row.path("right_epochs").forEach(epoch -> line.append("; right: ").append(epoch(epoch)));
    return line.toString();
  }

  private static String epoch(JsonNode epoch) {
    return epoch.has("note")
        ? "commit %d: %s".formatted(epoch.path("sequence").asLong(), epoch.path("note").asText())
        : "checkpoint %d of lineage %s, up to offsets %s"
            .formatted(
                epoch.path("checkpoint").asLong(),
                epoch.path("lineage").asText(),
                epoch.path("offsets").asText());
  }
}
