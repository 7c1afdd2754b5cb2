package tidemark.cli.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tidemark.cli.process.ProcessFailedException;

/** Against a server that answers as Flink 2.3 does; the answers were taken from one. */
class FlinkRestTest {
  private static final String JOB = "a21355c4bb0ac0c24eab07fb0c47d103";

  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private HttpServer server;
  private FlinkRest rest;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String answer = answers.get(exchange.getRequestURI().getPath());
          byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer == null ? 404 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    rest = new FlinkRest("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aJobRunsWhenAllItsTasksDo() {
    String vertex =
        """
        {"state":"RUNNING","vertices":[
          {"id":"v1","parallelism":2,"tasks":{"RUNNING":2,"INITIALIZING":0}},
          {"id":"v2","parallelism":1,"tasks":{"RUNNING":%d,"INITIALIZING":0}}]}""";
    answers.put("/jobs/" + JOB, vertex.formatted(0));
    assertThat(rest.jobStatus(JOB)).isEqualTo(new JobStatus(JOB, "RUNNING", 2, 3));
    assertThat(rest.jobStatus(JOB).isRunning()).isFalse();

    answers.put("/jobs/" + JOB, vertex.formatted(1));
    assertThat(rest.jobStatus(JOB).isRunning()).isTrue();
  }

  @Test
  void aJobThatNobodyKnowsHasEnded() {
    JobStatus status = rest.jobStatus(JOB);

    assertThat(status.state()).isEqualTo(JobStatus.UNKNOWN);
    assertThat(status.isEnded()).isTrue();
  }

  @Test
  void theWatermarkIsTheLeastOfAllTasks() {
    answers.put("/jobs/" + JOB, "{\"vertices\":[{\"id\":\"v1\"},{\"id\":\"v2\"}]}");
    answers.put(
        "/jobs/" + JOB + "/vertices/v1/watermarks",
        "[{\"id\":\"0.currentInputWatermark\",\"value\":\"1795297478000\"}]");
    answers.put(
        "/jobs/" + JOB + "/vertices/v2/watermarks",
        "[{\"id\":\"0.currentInputWatermark\",\"value\":\"1795297477000\"}]");
    assertThat(rest.watermarkMs(JOB)).hasValue(1795297477000L);

    answers.put(
        "/jobs/" + JOB + "/vertices/v1/watermarks",
        "[{\"id\":\"0.currentInputWatermark\",\"value\":\"-9223372036854775808\"}]");
    assertThat(rest.watermarkMs(JOB)).isEmpty();
  }

  @Test
  void aSavepointIsWaitedForThenToldOrBlamed() {
    String path = "/jobs/" + JOB + "/savepoints/r1";
    answers.put(path, "{\"status\":{\"id\":\"IN_PROGRESS\"},\"operation\":null}");
    assertThat(rest.savepointProgress(JOB, "r1").isDone()).isFalse();

    answers.put(
        path, "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"location\":\"s3://f/s\"}}");
    assertThat(rest.savepointProgress(JOB, "r1").path()).contains("s3://f/s");

    answers.put(
        path,
        "{\"status\":{\"id\":\"COMPLETED\"},\"operation\":{\"failure-cause\":{\"stack-trace\":\"X: no room\\n\\tat y\"}}}");
    assertThat(rest.savepointProgress(JOB, "r1").failure()).contains("X: no room");
  }

  @Test
  void theLastCheckpointIsTheCompletedOne() {
    answers.put("/jobs/" + JOB + "/checkpoints", "{\"latest\":{\"completed\":null}}");
    assertThat(rest.lastCheckpoint(JOB)).isEmpty();

    answers.put(
        "/jobs/" + JOB + "/checkpoints",
        "{\"latest\":{\"completed\":{\"id\":7,\"external_path\":\"s3://f/chk-7\",\"latest_ack_timestamp\":5,\"state_size\":6}}}");
    assertThat(rest.lastCheckpoint(JOB))
        .contains(new JobStatus.Checkpoint(7, "s3://f/chk-7", 5, 6));
  }

  @Test
  void nobodyAtThePortIsNotUp() {
    server.stop(0);

    assertThat(rest.isUp()).isFalse();
    assertThat(rest.taskManagers()).isEmpty();
    assertThatThrownBy(() -> rest.jobStatus(JOB))
        .isInstanceOf(ProcessFailedException.class)
        .hasMessageContaining("Flink does not answer at http://127.0.0.1:");
  }
}
