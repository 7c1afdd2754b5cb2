package tidemark.cli.flink;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;
import tidemark.cli.process.ProcessFailedException;

/** Flink's REST interface, as far as the command needs it. Thread-safe; each call asks anew. */
public final class FlinkRest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 404;

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String url;

  /**
   * A client of one JobManager, which need not run yet.
   *
   * @param url such as {@code http://127.0.0.1:8081}
   */
  public FlinkRest(String url) {
    this.url = url;
  }

  /** Whether the JobManager answers. */
  public boolean isUp() {
    try {
      return get("/overview").isPresent();
    } catch (ProcessFailedException e) {
      return false;
    }
  }

  /** Resource ids of the TaskManagers that are registered now; empty while nobody answers. */
  public List<String> taskManagers() {
    List<String> ids = new ArrayList<>();
    try {
      get("/taskmanagers")
          .ifPresent(
              node -> node.path("taskmanagers").forEach(tm -> ids.add(tm.path("id").asText())));
    } catch (ProcessFailedException e) {
      return List.of();
    }
    return ids;
  }

  /**
   * Ids of the jobs that have not ended.
   *
   * @param isWanted says by a job's name whether it is meant
   */
  public List<String> liveJobs(Predicate<String> isWanted) {
    List<String> ids = new ArrayList<>();
    for (JsonNode job : get("/jobs/overview").orElseThrow().path("jobs")) {
      JobStatus status = new JobStatus(job.path("jid").asText(), job.path("state").asText(), 0, 0);
      if (!status.isEnded() && isWanted.test(job.path("name").asText())) {
        ids.add(status.jobId());
      }
    }
    return ids;
  }

  public JobStatus jobStatus(String jobId) {
    return get("/jobs/" + jobId)
        .map(
            job -> {
              int tasks = 0;
              int running = 0;
              for (JsonNode vertex : job.path("vertices")) {
                tasks += vertex.path("parallelism").asInt();
                running += vertex.path("tasks").path("RUNNING").asInt();
              }
              return new JobStatus(jobId, job.path("state").asText(), running, tasks);
            })
        .orElseGet(() -> new JobStatus(jobId, JobStatus.UNKNOWN, 0, 0));
  }

  /** Why the job failed last, in Flink's words, shortened; empty if it never did. */
  public Optional<String> lastFailure(String jobId) {
    return get("/jobs/" + jobId + "/exceptions?maxExceptions=1")
        .map(
            node ->
                node.path("exceptionHistory").path("entries").path(0).path("stacktrace").asText(""))
        .filter(trace -> !trace.isEmpty())
        .map(trace -> trace.lines().filter(line -> !line.startsWith("\tat ")).limit(8).toList())
        .map(lines -> String.join("\n    ", lines));
  }

  /** How often the job has started again under this JobManager; empty while it is not told. */
  public OptionalLong restarts(String jobId) {
    for (JsonNode metric :
        get("/jobs/" + jobId + "/metrics?get=numRestarts").orElseGet(json::createArrayNode)) {
      return OptionalLong.of(metric.path("value").asLong());
    }
    return OptionalLong.empty();
  }

  public Optional<JobStatus.Checkpoint> lastCheckpoint(String jobId) {
    return get("/jobs/" + jobId + "/checkpoints")
        .map(node -> node.path("latest").path("completed"))
        .filter(JsonNode::isObject)
        .map(
            node ->
                new JobStatus.Checkpoint(
                    node.path("id").asLong(),
                    node.path("external_path").asText(),
                    node.path("latest_ack_timestamp").asLong(),
                    node.path("state_size").asLong()));
  }

  /**
   * The smallest watermark that any subtask has seen, epoch milliseconds; empty while one has seen
   * none.
   */
  public OptionalLong watermarkMs(String jobId) {
    long least = Long.MAX_VALUE;
    for (JsonNode vertex :
        get("/jobs/" + jobId).orElseGet(json::createObjectNode).path("vertices")) {
      String path = "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText() + "/watermarks";
      for (JsonNode metric : get(path).orElseGet(json::createArrayNode)) {
        least = Math.min(least, metric.path("value").asLong(Long.MIN_VALUE));
      }
    }
    return least == Long.MAX_VALUE || least < 0 ? OptionalLong.empty() : OptionalLong.of(least);
  }

  /**
   * A metric of the coordinator of the job's first source, whose name ends so; empty while nobody
   * tells it.
   */
  public OptionalDouble coordinatorMetric(String jobId, String nameEnd) {
    for (JsonNode vertex :
        get("/jobs/" + jobId).orElseGet(json::createObjectNode).path("vertices")) {
      String path =
          "/jobs/%s/vertices/%s/jm-operator-metrics".formatted(jobId, vertex.path("id").asText());
      for (JsonNode name : get(path).orElseGet(json::createArrayNode)) {
        if (name.path("id").asText().endsWith(nameEnd)) {
          String query = path + "?get=" + URLEncoder.encode(name.path("id").asText(), UTF_8);
          for (JsonNode metric : get(query).orElseGet(json::createArrayNode)) {
            return OptionalDouble.of(metric.path("value").asDouble());
          }
        }
      }
    }
    return OptionalDouble.empty();
  }

  /** Asks for a savepoint of a job that goes on; the answer is for {@link #savepointProgress}. */
  public String triggerSavepoint(String jobId) {
    return post("/jobs/" + jobId + "/savepoints", "{\"cancel-job\":false}")
        .path("request-id")
        .asText();
  }

  /** Asks for a savepoint that is the last thing the job does. */
  public String triggerStop(String jobId) {
    return post("/jobs/" + jobId + "/stop", "{\"drain\":false}").path("request-id").asText();
  }

  public JobStatus.SavepointProgress savepointProgress(String jobId, String requestId) {
    JsonNode node =
        get("/jobs/" + jobId + "/savepoints/" + requestId)
            .orElseThrow(
                () -> new ProcessFailedException("Flink has forgotten savepoint " + requestId));
    if (!node.path("status").path("id").asText().equals("COMPLETED")) {
      return new JobStatus.SavepointProgress(false, Optional.empty(), Optional.empty());
    }
    JsonNode operation = node.path("operation");
    String location = operation.path("location").asText("");
    if (!location.isEmpty()) {
      return new JobStatus.SavepointProgress(true, Optional.of(location), Optional.empty());
    }
    String trace = operation.path("failure-cause").path("stack-trace").asText("no cause given");
    List<String> causes = trace.lines().filter(line -> !line.startsWith("\tat ")).limit(6).toList();
    return new JobStatus.SavepointProgress(
        true, Optional.empty(), Optional.of(String.join("\n    ", causes)));
  }

  /** Cancels a job; it ends some time later. */
  public void cancel(String jobId) {
    HttpRequest request =
        request("/jobs/" + jobId + "?mode=cancel").method("PATCH", BodyPublishers.noBody()).build();
    JsonNode unused = read(request, send(request));
  }

  private Optional<JsonNode> get(String path) {
    HttpRequest request = request(path).GET().build();
    HttpResponse<String> response = send(request);
    return response.statusCode() == NOT_FOUND
        ? Optional.empty()
        : Optional.of(read(request, response));
  }

  private JsonNode post(String path, String body) {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return read(request, send(request));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new ProcessFailedException("Flink does not answer at " + request.uri() + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProcessFailedException("interrupted", e);
    }
  }

  private JsonNode read(HttpRequest request, HttpResponse<String> response) {
    if (response.statusCode() / 100 != 2) {
      throw new ProcessFailedException(
          "Flink answered %s %s with %d: %s"
              .formatted(request.method(), request.uri(), response.statusCode(), response.body()));
    }
    try {
      return json.readTree(response.body());
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read Flink's answer to " + request.uri(), e);
    }
  }
}
