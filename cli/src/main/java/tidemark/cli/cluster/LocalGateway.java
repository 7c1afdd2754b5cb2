package tidemark.cli.cluster;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.StartedProcess;

/**
 * The gateway of a run: a process that answers SQL over its tables and its feed. It belongs to the
 * run, but {@link LocalCluster#up} does not start it; {@link LocalCluster#down} ends it first.
 *
 * <p>Thread-safe, with the limits of {@link LocalCluster}.
 */
public final class LocalGateway {
  /** Of the process. */
  public static final String NAME = GatewayProcess.NAME;

  private static final Set<Port> PORTS = EnumSet.of(Port.GATEWAY_POSTGRES, Port.GATEWAY_HTTP);

  private final LocalCluster cluster;
  private final ClusterProcesses processes;
  private final StateFile stateFile;
  private final Operations operations;

  LocalGateway(
      LocalCluster cluster,
      ClusterProcesses processes,
      StateFile stateFile,
      Operations operations) {
    this.cluster = cluster;
    this.processes = processes;
    this.stateFile = stateFile;
    this.operations = operations;
  }

  /** How it is asked, if it runs. */
  public Optional<GatewayAccess> access() {
    return stateFile
        .read()
        .filter(state -> state.process(NAME).filter(StartedProcess::isAlive).isPresent())
        .flatMap(state -> processes.gateway(state).access());
  }

  /**
   * Starts it unless it runs, and returns when both its ports listen. The cluster must run.
   *
   * @param org whose data its user sees; of a run that has the user already it changes nothing
   */
  public GatewayAccess ensureRunning(String org) {
    return operations.alone(() -> access().orElseGet(() -> start(org)));
  }

  private GatewayAccess start(String org) {
    GatewayProcess gateway = processes.gateway(processes.chooseFree(PORTS));
    ChildProcess process =
        gateway.prepare(cluster.catalogProperties(), cluster.bootstrapServers(), org);
    processes.startListening(process, gateway.ports());
    return gateway.access().orElseThrow();
  }
}
