package tidemark.cli;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;
import picocli.CommandLine.Command;
import tidemark.cli.cluster.GatewayAccess;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.demo.Figures;
import tidemark.cli.demo.FiguresReader;
import tidemark.cli.flink.JobStatus;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;

/** Tells what runs, how the job is, and where things are. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Tell what runs, how the job is, and where things are.",
      "Exit code 1 if not all is up."
    })
final class StatusCommand implements Callable<Integer> {
  private final Workspace workspace;
  private final PrintStream out = System.out;

  StatusCommand(Workspace workspace) {
    this.workspace = workspace;
  }

  @Override
  public Integer call() {
    LocalCluster cluster = workspace.cluster(line -> {});
    line("run directory", workspace.run().toString());
    List<StartedProcess> processes = cluster.processes();
    if (processes.isEmpty()) {
      line("processes", "none");
      cluster.resumePoint().ifPresent(point -> line("job", "goes on from " + point));
      return 1;
    }
    printProcesses(processes);
    if (cluster.isUp()) {
      printJob(cluster);
      line("Flink", cluster.restUrl());
      line("Kafka", cluster.bootstrapServers());
      line("S3", cluster.s3Endpoint());
      line("catalog", cluster.catalogUri());
    }
    printGateway(cluster);
    return cluster.isUp() ? 0 : 1;
  }

  private void printGateway(LocalCluster cluster) {
    Optional<GatewayAccess> access = cluster.gateway().access();
    line(
        "SQL",
        access.map(GatewayAccess::psql).orElse("no gateway runs: start it with tidemark up"));
    access.ifPresent(gateway -> line("SQL over HTTP", gateway.sqlUri().toString()));
  }

  private void printProcesses(List<StartedProcess> processes) {
    OperatingSystem system = new SystemInfo().getOperatingSystem();
    long totalBytes = 0;
    for (StartedProcess process : processes) {
      long bytes = residentBytes(system, process);
      totalBytes += bytes;
      line(
          process.name(),
          process.isAlive()
              ? String.format(
                  Locale.ROOT,
                  "pid %-8d %9s   %s",
                  process.identity().pid(),
                  Figures.bytes(bytes),
                  process.log())
              : "ended; see " + process.log());
    }
    line("memory", Figures.bytes(totalBytes));
  }

  private static long residentBytes(OperatingSystem system, StartedProcess process) {
    return Optional.ofNullable(system.getProcess((int) process.identity().pid()))
        .filter(found -> process.isAlive())
        .map(OSProcess::getResidentSetSize)
        .orElse(0L);
  }

  private void printJob(LocalCluster cluster) {
    Optional<String> jobId = cluster.jobId();
    if (jobId.isEmpty()) {
      line("job", "none: start it with tidemark submit");
      return;
    }
    try (FiguresReader reader = new FiguresReader(cluster, Clock.systemUTC())) {
      JobStatus status = cluster.jobStatus(jobId.get());
      line(
          "job",
          "%s %s, %d of %d tasks run"
              .formatted(jobId.get(), status.state(), status.runningTasks(), status.tasks()));
      if (!status.isRunning()) {
        cluster.rest().lastFailure(jobId.get()).ifPresent(reason -> line("failure", reason));
      }
      Figures figures = reader.read();
      figures
          .checkpoint()
          .ifPresent(
              last ->
                  line(
                      "checkpoint",
                      "%d at %s, %s"
                          .formatted(
                              last.id(), Instant.ofEpochMilli(last.completedMs()), last.path())));
      line("watermark", figures.delay());
      line("committed", figures.committed());
      line("stored", figures.stored());
      line("points in", figures.points());
    } catch (ProcessFailedException e) {
      line("job", e.getMessage());
    }
  }

  private void line(String name, String value) {
    out.printf("%-15s %s%n", name, value);
  }
}
