package tidemark.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.Ports;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.process.Waiting;

/**
 * An S3 server on loopback over a directory: each bucket is a directory and each object a file.
 *
 * <p>One bucket holds the tables, one what Flink keeps for itself.
 */
final class ObjectStore {
  static final String NAME = "s3";

  private final LocalClusterOptions options;
  private final RunLayout layout;
  private final ClusterState state;

  ObjectStore(LocalClusterOptions options, RunLayout layout, ClusterState state) {
    this.options = options;
    this.layout = layout;
    this.state = state;
  }

  String endpoint() {
    return "http://127.0.0.1:" + state.port(Port.S3);
  }

  /** Makes the buckets and starts the server; does not wait for it. */
  StartedProcess start() {
    Path properties = prepare();
    return new ChildProcess(
            NAME,
            options.distribution("s3").resolve("lib") + "/*",
            "org.gaul.s3proxy.Main",
            List.of(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Dlogback.configurationFile="
                    + layout.configuration().resolve("logback-s3.xml").toUri()),
            List.of("--properties", properties.toString()),
            Map.of(),
            layout.root(),
            layout.logs().resolve(NAME + ".log"))
        .start();
  }

  /** Makes the buckets and what the server reads, which holds its key. */
  Path prepare() {
    Path properties = layout.configuration().resolve("s3proxy.properties");
    try {
      Files.createDirectories(layout.objects().resolve(RunLayout.TABLES_BUCKET));
      Files.createDirectories(layout.objects().resolve(RunLayout.FLINK_BUCKET));
    } catch (IOException e) {
      throw new ProcessFailedException("cannot prepare the S3 server: " + e.getMessage(), e);
    }
    PrivateFile.write(properties, properties());
    return properties;
  }

  void awaitReady(StartedProcess server, Waiting waiting) {
    waiting.until(
        "the S3 server to listen", List.of(server), () -> Ports.isListening(state.port(Port.S3)));
  }

  private String properties() {
    return """
    # Written by tidemark at each start.
    s3proxy.endpoint=%s
    s3proxy.authorization=aws-v2-or-v4
    s3proxy.identity=%s
    s3proxy.credential=%s
    jclouds.provider=filesystem-nio2
    jclouds.filesystem.basedir=%s
    """
        .formatted(
            endpoint(),
            LocalCluster.ACCESS_KEY,
            state.secretKey(),
            layout.objects().toString().replace("\\", "\\\\"));
  }
}
