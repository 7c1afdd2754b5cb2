package tidemark.gameday;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code ./tidemark compare --json} has found.
 *
 * @param missing rows that only the left side has
 * @param extra rows that only the right side has
 * @param leftEpochs partial rows of differing ones, by the epoch of the left side that stored them
 */
record ComparedRows(
    long equal, long missing, long extra, long different, Map<String, Long> leftEpochs) {

  ComparedRows {
    leftEpochs = Map.copyOf(leftEpochs);
  }

  /** Of the last line that was printed. */
  static ComparedRows ofJson(String output) {
    String line = output.lines().filter(each -> each.startsWith("{")).findFirst().orElse("{}");
    JsonNode report;
    try {
      report = new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report must be JSON, got " + line, e);
    }
    JsonNode counts = report.path("counts");
    Map<String, Long> epochs = new TreeMap<>();
    for (JsonNode epoch : report.path("left_epochs")) {
      epochs.put(
          epoch.path("lineage").asText() + "/" + epoch.path("checkpoint").asText(),
          epoch.path("rows").asLong());
    }
    return new ComparedRows(
        counts.path("equal").asLong(),
        counts.path("missing").asLong(),
        counts.path("extra").asLong(),
        counts.path("different").asLong(),
        epochs);
  }

  String text() {
    return "%,d equal, %,d missing, %,d extra, %,d different, in %d epochs"
        .formatted(equal, missing, extra, different, leftEpochs.size());
  }
}
