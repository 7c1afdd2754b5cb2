package tidemark.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.cluster.SideJob;
import tidemark.cli.process.ProcessFailedException;
import tidemark.gateway.CatalogReader;
import tidemark.serde.table.RollupsTable;

/** Runs a job that leaves a report beside the tables, waits for its end, and reads the report. */
final class ReportingJob {
  private static final Duration LIMIT = Duration.ofHours(24);
  private static final int PARALLELISM = 1; // its workers are an option of its own

  private final LocalCluster cluster;
  private final SideJob job;

  ReportingJob(LocalCluster cluster, SideJob job) {
    this.cluster = cluster;
    this.job = job;
  }

  /**
   * @param options of the job, without the stage before their names
   * @param others more of them, whole
   * @throws ProcessFailedException if it did not come to a report; it says why
   */
  JsonNode run(Map<String, String> options, Map<String, String> others) {
    String report =
        "%s/reports/%s-%s.json".formatted(cluster.warehouse(), job.word(), UUID.randomUUID());
    Map<String, String> all = new LinkedHashMap<>();
    all.put("tidemark.%s.report".formatted(job.word()), report);
    options.forEach((key, value) -> all.put("tidemark.%s.%s".formatted(job.word(), key), value));
    all.putAll(others);
    String jobId = cluster.sideJobs().submit(job, all, PARALLELISM);
    cluster.sideJobs().requireEnd(jobId, LIMIT, () -> {});
    return read(report);
  }

  private JsonNode read(String report) {
    try (CatalogReader catalog = CatalogReader.open(cluster.catalogProperties());
        InputStream in = catalog.load(RollupsTable.ID).io().newInputFile(report).newStream()) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new ProcessFailedException("the report %s cannot be read".formatted(report), e);
    }
  }
}
