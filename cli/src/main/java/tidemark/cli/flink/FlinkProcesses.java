package tidemark.cli.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.process.Waiting;

/**
 * Starts the long-running processes of a cluster; whoever calls keeps and ends them.
 *
 * <p>What Flink computes of its memory costs a JVM and is kept as long as the settings are the
 * same. Thread-safe.
 */
public final class FlinkProcesses {
  public static final String JOB_MANAGER = "jobmanager";
  public static final String TASK_MANAGER_PREFIX = "taskmanager-";

  private static final String JOB_MANAGER_CLASS =
      "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
  private static final String TASK_MANAGER_CLASS =
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

  private final FlinkHome home;
  private final Map<String, FlinkMemory> memory = new ConcurrentHashMap<>();

  public FlinkProcesses(FlinkHome home) {
    this.home = home;
  }

  public StartedProcess startJobManager(Waiting waiting) {
    return start(
        JOB_MANAGER,
        JOB_MANAGER_CLASS,
        memory("jobmanager", () -> FlinkMemory.ofJobManager(home, waiting)),
        List.of(),
        List.of("--executionMode", "cluster"),
        "jobmanager");
  }

  /**
   * Starts one TaskManager; does not wait for it to register.
   *
   * @param number from 1; the process is called {@code taskmanager-NUMBER}
   * @param resourceId the name under which it registers, new for each start
   * @param jvmOptions beside those of the settings
   */
  public StartedProcess startTaskManager(
      int number, String resourceId, List<String> jvmOptions, Waiting waiting) {
    return start(
        TASK_MANAGER_PREFIX + number,
        TASK_MANAGER_CLASS,
        memory("taskmanager", () -> FlinkMemory.ofTaskManager(home, waiting)),
        jvmOptions,
        List.of("-D", "taskmanager.resource-id=" + resourceId),
        "taskmanager");
  }

  private FlinkMemory memory(String role, Supplier<FlinkMemory> compute) {
    String settings = FlinkSettings.read(home.settingsFile()).render(role);
    return memory.computeIfAbsent(settings, absent -> compute.get());
  }

  private StartedProcess start(
      String name,
      String mainClass,
      FlinkMemory memory,
      List<String> ownOptions,
      List<String> own,
      String role) {
    List<String> jvmOptions = new ArrayList<>(memory.jvmOptions());
    jvmOptions.addAll(FlinkSettings.read(home.settingsFile()).words("env.java.opts." + role));
    jvmOptions.addAll(ownOptions);
    List<String> arguments = new ArrayList<>();
    arguments.add("--configDir");
    arguments.add(home.configuration().toString());
    arguments.addAll(own);
    arguments.addAll(memory.arguments());
    return home.server(name, mainClass, jvmOptions, arguments).start();
  }
}
