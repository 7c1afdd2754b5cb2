package tidemark.cli.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;

/**
 * What a run has to remember between two commands. Immutable; {@link StateFile} keeps it.
 *
 * @param version of this layout, {@link #VERSION}
 * @param secretKey of the local S3 server, made up at the first start
 * @param kafkaClusterId what the broker's data directory is formatted with
 * @param ports chosen at the first start and kept, so that a second start finds its data; one that
 *     an older release did not know is chosen at the next start
 * @param processes started by this run and not yet ended by it
 * @param jobId the job submitted last, unless it was stopped with a savepoint; empty text if none
 * @param resumeFrom what that job was started from, or the savepoint it was stopped with; empty
 *     text if nothing
 */
record ClusterState(
    int version,
    String secretKey,
    String kafkaClusterId,
    Map<Port, Integer> ports,
    List<StartedProcess> processes,
    String jobId,
    String resumeFrom) {
  static final int VERSION = 1;
  private static final Set<Port> ALL_PORTS = Collections.unmodifiableSet(EnumSet.allOf(Port.class));

  ClusterState {
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "state version must be %d, got %d: it was written by another release of tidemark; remove the run directory or use that release"
              .formatted(VERSION, version));
    }
    Map<Port, Integer> ordered = new EnumMap<>(Port.class);
    ordered.putAll(ports);
    ports = Collections.unmodifiableMap(ordered);
    processes = List.copyOf(processes);
  }

  /** A run that starts for the first time. */
  static ClusterState first(
      String secretKey, String kafkaClusterId, ToIntFunction<Set<Integer>> freePort) {
    return new ClusterState(
        VERSION,
        secretKey,
        kafkaClusterId,
        choosePorts(Map.of(), ALL_PORTS, p -> true, freePort),
        List.of(),
        "",
        "");
  }

  int port(Port port) {
    Integer number = ports.get(port);
    if (number == null) {
      throw new ProcessFailedException(
          "no port was chosen for %s: an older release of tidemark started this run; run tidemark down and then tidemark up"
              .formatted(port));
    }
    return number;
  }

  Optional<StartedProcess> process(String name) {
    return processes.stream().filter(process -> process.name().equals(name)).findFirst();
  }

  /** The processes that still run. */
  List<StartedProcess> living() {
    return processes.stream().filter(StartedProcess::isAlive).toList();
  }

  /** With other ports in place of those that are not free; the others stay as they are. */
  ClusterState withFreePorts(IntPredicate isFree, ToIntFunction<Set<Integer>> freePort) {
    return withFreePorts(ALL_PORTS, isFree, freePort);
  }

  /** The same for some ports alone: those of a process that is to start beside others. */
  ClusterState withFreePorts(
      Set<Port> some, IntPredicate isFree, ToIntFunction<Set<Integer>> freePort) {
    return new ClusterState(
        version,
        secretKey,
        kafkaClusterId,
        choosePorts(ports, some, isFree, freePort),
        processes,
        jobId,
        resumeFrom);
  }

  ClusterState withProcesses(List<StartedProcess> others) {
    return new ClusterState(version, secretKey, kafkaClusterId, ports, others, jobId, resumeFrom);
  }

  /** With a process more, in place of an older one of its name. */
  ClusterState withProcess(StartedProcess started) {
    List<StartedProcess> others = new ArrayList<>(processes);
    others.removeIf(process -> process.name().equals(started.name()));
    others.add(started);
    return withProcesses(others);
  }

  ClusterState withJob(String id, String startedFrom) {
    return new ClusterState(version, secretKey, kafkaClusterId, ports, processes, id, startedFrom);
  }

  private static Map<Port, Integer> choosePorts(
      Map<Port, Integer> current,
      Set<Port> some,
      IntPredicate isFree,
      ToIntFunction<Set<Integer>> freePort) {
    Map<Port, Integer> chosen = new HashMap<>(current);
    Set<Integer> taken = new HashSet<>(current.values());
    for (Port port : some) {
      Integer before = chosen.get(port);
      if (before == null || !isFree.test(before)) {
        int free = freePort.applyAsInt(taken);
        taken.add(free);
        chosen.put(port, free);
      }
    }
    return chosen;
  }
}
