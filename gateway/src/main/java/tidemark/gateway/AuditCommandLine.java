package tidemark.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** {@code ./tidemark audit}: an audit in, a few lines or one JSON object out. */
public final class AuditCommandLine {
  private static final int OK = 0;
  private static final int FAILED = 1;

  /** How a report is printed. */
  public enum Form {
    TEXT,
    JSON
  }

  private AuditCommandLine() {}

  /**
   * Audits the tables and prints what was found.
   *
   * @param catalogProperties the keys of {@link GatewayConfig}: uri, warehouse, s3.endpoint, ...
   * @return exit code: 0 if all is well, or 1
   */
  public static int run(
      AuditRequest request,
      Form form,
      Map<String, String> catalogProperties,
      PrintStream out,
      PrintStream err) {
    try {
      AuditReport report = Audit.run(catalogProperties, request);
      switch (form) {
        case TEXT -> print(report, out);
        case JSON -> out.println(json(report));
      }
      return report.isWell() ? OK : FAILED;
    } catch (GatewayException e) {
      err.println("error: " + e.getMessage());
      return FAILED;
    } catch (UncheckedIOException e) {
      err.println("error: %s: %s".formatted(e.getMessage(), e.getCause().getMessage()));
      return FAILED;
    }
  }

  private static void print(AuditReport report, PrintStream out) {
    AuditReport.Counts counts = report.counts();
    line(out, "epoch", report.epoch().describe());
    line(out, "watermark", time(report.watermarkMs()));
    line(
        out,
        "range",
        report.from() + " to " + (report.to().equals(Instant.MAX) ? "the newest" : report.to()));
    line(
        out,
        "points",
        "%,d accepted, %,d stored, %,d in open windows",
        counts.accepted(),
        counts.stored(),
        counts.accepted() - counts.stored());
    line(
        out,
        "compared",
        "%,d minutes by org (%,d of them open), %,d series minutes, %,d series hours, %,d epochs",
        counts.minutes(),
        counts.openMinutes(),
        counts.seriesMinutes(),
        counts.seriesHours(),
        counts.epochs());
    line(
        out,
        "read",
        "%,d rows in %,d files, %.1f s",
        counts.rows(),
        counts.files(),
        report.took().toMillis() / 1000.0);
    report.notes().forEach(note -> line(out, "note", note));
    report.differences().forEach(difference -> line(out, "DIFFERENCE", difference.describe()));
    line(
        out,
        "result",
        report.isWell() ? "all equal" : report.differences().size() + " differences");
  }

  private static void line(PrintStream out, String name, String text, Object... arguments) {
    String value = arguments.length == 0 ? text : String.format(Locale.ROOT, text, arguments);
    out.printf(Locale.ROOT, "%-11s %s%n", name, value.replaceAll("\\p{Cntrl}", " "));
  }

  private static String time(long watermarkMs) {
    return watermarkMs <= 0
        ? "none yet"
        : watermarkMs == Long.MAX_VALUE ? "the end" : Instant.ofEpochMilli(watermarkMs).toString();
  }

  private static String json(AuditReport report) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.put("well", report.isWell());
    put(json.putObject("epoch"), report.epoch());
    json.put("watermarkMs", report.watermarkMs());
    json.put("from", report.from().toString());
    json.put("to", report.to().equals(Instant.MAX) ? null : report.to().toString());
    json.set("counts", mapper.valueToTree(report.counts()));
    ArrayNode notes = json.putArray("notes");
    report.notes().forEach(notes::add);
    ArrayNode differences = json.putArray("differences");
    for (AuditDifference difference : report.differences()) {
      ObjectNode one = differences.addObject();
      one.put("stage", difference.stage().label());
      one.put("org", difference.org().orElse(null));
      one.put("at", difference.at().map(Instant::toString).orElse(null));
      one.put("found", difference.found());
      difference.epoch().ifPresent(epoch -> put(one.putObject("epoch"), epoch));
    }
    json.put("tookMs", report.took().toMillis());
    return json.toString();
  }

  private static void put(ObjectNode json, AuditEpoch epoch) {
    json.put("lineage", epoch.lineage());
    json.put("checkpoint", epoch.checkpoint());
    json.put("snapshot", epoch.snapshotId());
  }
}
