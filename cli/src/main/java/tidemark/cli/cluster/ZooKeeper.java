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
 * A ZooKeeper of one node on loopback, in which Flink keeps who leads and which checkpoint of which
 * job is the last: a JobManager that is started again finds its job there.
 *
 * <p>What it holds is small (pointers into the S3 server) and is forgotten at each cold start; see
 * {@link ClusterProcesses}.
 */
final class ZooKeeper {
  static final String NAME = "zookeeper";

  private final LocalClusterOptions options;
  private final RunLayout layout;
  private final ClusterState state;

  ZooKeeper(LocalClusterOptions options, RunLayout layout, ClusterState state) {
    this.options = options;
    this.layout = layout;
    this.state = state;
  }

  /** Starts the server; does not wait for it. */
  StartedProcess start() {
    Path properties = layout.configuration().resolve("zookeeper.properties");
    try {
      Files.createDirectories(layout.zooKeeperData());
      Files.writeString(properties, properties());
    } catch (IOException e) {
      throw new ProcessFailedException("cannot prepare ZooKeeper: " + e.getMessage(), e);
    }
    return new ChildProcess(
            NAME,
            options.distribution("zookeeper").resolve("lib") + "/*",
            // with one server it runs as a standalone one, and unlike that class it purges
            // snapshots
            "org.apache.zookeeper.server.quorum.QuorumPeerMain",
            List.of(
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile="
                    + layout.configuration().resolve("log4j.properties").toUri(),
                "-Dzookeeper.jmx.log4j.disable=true",
                "-Dzookeeper.admin.enableServer=false",
                "-Dzookeeper.preAllocSize=1024"), // KB of a log file; 64 MB by default
            List.of(properties.toString()),
            Map.of(),
            layout.root(),
            layout.logs().resolve(NAME + ".log"))
        .start();
  }

  void awaitReady(StartedProcess server, Waiting waiting) {
    waiting.until(
        "ZooKeeper to listen",
        List.of(server),
        () -> Ports.isListening(state.port(Port.ZOOKEEPER)));
  }

  private String properties() {
    return """
        # Written by tidemark at each start.
        dataDir=%s
        clientPort=%d
        clientPortAddress=127.0.0.1
        maxClientCnxns=0
        # Sessions last from 2 to 20 of these: the least that Flink may ask for is 2 s.
        tickTime=1000
        autopurge.snapRetainCount=3
        autopurge.purgeInterval=1
        snapshot.trust.empty=true
        # It outlives a killed process. After a crash of the machine nothing of it is read.
        forceSync=no
        """
        .formatted(
            layout.zooKeeperData().toString().replace("\\", "\\\\"), state.port(Port.ZOOKEEPER));
  }
}
