package tidemark.cli.demo;

import java.time.Clock;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tidemark.cli.agent.AgentStatus;
import tidemark.cli.cluster.LocalCluster;
import tidemark.cli.flink.FlinkRest;
import tidemark.cli.flink.JobStatus.Checkpoint;
import tidemark.cli.process.ProcessFailedException;
import tidemark.gateway.CatalogReader;
import tidemark.gateway.CatalogStatus;
import tidemark.gateway.GatewayException;

/**
 * Asks a run for its {@link Figures}. What cannot be had at the moment is left out: watching must
 * not end because a checkpoint or a restart is under way. Not thread-safe.
 */
public final class FiguresReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FiguresReader.class);

  private final LocalCluster cluster;
  private final Clock clock;
  private Optional<CatalogReader> catalog = Optional.empty();

  public FiguresReader(LocalCluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /** Costs some ten requests to the JobManager, and one to the catalog unless it is new. */
  public Figures read() {
    OptionalLong watermark = OptionalLong.empty();
    Optional<Checkpoint> checkpoint = Optional.empty();
    Optional<String> jobId = cluster.jobId();
    if (jobId.isPresent()) {
      try {
        FlinkRest rest = cluster.rest();
        watermark = rest.watermarkMs(jobId.get());
        checkpoint = rest.lastCheckpoint(jobId.get());
      } catch (ProcessFailedException e) {
        LOG.warn("Flink tells nothing of job {}", jobId.get(), e);
      }
    }
    return new Figures(
        clock.millis(),
        AgentStatus.read(cluster.layout().agentStatusFile()),
        watermark,
        checkpoint,
        tables());
  }

  private Optional<CatalogStatus> tables() {
    try {
      if (catalog.isEmpty()) {
        catalog = Optional.of(CatalogReader.open(cluster.catalogProperties()));
      }
      return catalog.map(CatalogReader::status);
    } catch (GatewayException e) {
      LOG.debug("no tables yet", e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    catalog.ifPresent(CatalogReader::close);
  }
}
