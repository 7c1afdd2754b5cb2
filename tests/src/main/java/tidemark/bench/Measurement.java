package tidemark.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * One run of one variant. The clock runs from a job that is warm to the last point accounted for:
 * committed in the table for the main job, handed to the sink for a plain one.
 *
 * @param points read and accounted for while the clock ran
 * @param rows of the 10 s tier
 * @param allRows rows written in all tiers
 * @param cpuSeconds of the whole process: tasks, checkpoints, compiler, collector
 * @param gcSeconds of the collector's threads, of {@code cpuSeconds}; 0 elsewhere than on Linux
 * @param cpuSecondsByThread see {@link ThreadTimes}
 * @param figures what else was measured of the main job, by name
 */
record Measurement(
    @JsonProperty("variant") String variant,
    @JsonProperty("points") long points,
    @JsonProperty("rows") long rows,
    @JsonProperty("allRows") long allRows,
    @JsonProperty("wallSeconds") double wallSeconds,
    @JsonProperty("cpuSeconds") double cpuSeconds,
    @JsonProperty("gcSeconds") double gcSeconds,
    @JsonProperty("cpuSecondsByThread") Map<String, Double> cpuSecondsByThread,
    @JsonProperty("figures") Map<String, Double> figures) {
  /** Figure of a run with monitors: windows of groups that were evaluated. */
  static final String EVALUATIONS = "evaluations";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  Measurement {
    cpuSecondsByThread = Map.copyOf(cpuSecondsByThread);
    figures = Map.copyOf(figures);
  }

  double pointsPerSecond() {
    return points / wallSeconds;
  }

  double pointsPerCoreSecond() {
    return points / cpuSeconds;
  }

  double gcShare() {
    return gcSeconds / cpuSeconds;
  }

  String toJson() {
    try {
      return MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Measurement ofJson(String json) {
    try {
      return MAPPER.readValue(json, Measurement.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("no measurement: " + json, e);
    }
  }
}
