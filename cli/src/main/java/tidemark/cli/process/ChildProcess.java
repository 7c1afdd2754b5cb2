package tidemark.cli.process;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Java process about to be started: class path, main class, arguments, environment.
 *
 * <p>It runs in a session of its own where the system has {@code setsid}: Ctrl-C in the terminal
 * then reaches only the command, which ends its processes in the right order. Standard output and
 * error go to {@code NAME.out} beside the log, emptied at each start.
 *
 * @param name see {@link StartedProcess}
 * @param classPath as for {@code java -cp}
 * @param mainClass what to run
 * @param jvmOptions before the main class
 * @param arguments after it
 * @param environment added to this process's own
 * @param directory working directory
 * @param log the file that the process is told to log to, as system property {@code log.file}
 */
public record ChildProcess(
    String name,
    String classPath,
    String mainClass,
    List<String> jvmOptions,
    List<String> arguments,
    Map<String, String> environment,
    Path directory,
    Path log) {

  /** Variables that would change a child's JVM behind our back. */
  private static final List<String> REMOVED =
      List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  public ChildProcess {
    jvmOptions = List.copyOf(jvmOptions);
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** Starts it to live on when this process ends. */
  public StartedProcess start() {
    try {
      Files.createDirectories(directory);
      Files.createDirectories(log.toAbsolutePath().getParent());
      List<String> command = new ArrayList<>();
      if (Files.isExecutable(SETSID)) {
        command.add(SETSID.toString());
      }
      command.addAll(command());
      Process process =
          builder(command)
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(outputOf(log).toFile())
              .start();
      ProcessIdentity identity =
          ProcessIdentity.ofPid(process.pid())
              .orElseThrow(() -> new ProcessFailedException(name + " ended as it was started"));
      return new StartedProcess(name, identity, log);
    } catch (IOException e) {
      throw new ProcessFailedException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** Runs it in the foreground with this process's terminal, to its end. */
  public int runInForeground() throws InterruptedException {
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      return builder(command()).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new ProcessFailedException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** Where standard output of the process that logs to {@code log} goes. */
  public static Path outputOf(Path log) {
    String file = log.getFileName().toString();
    String stem = file.endsWith(".log") ? file.substring(0, file.length() - 4) : file;
    return log.resolveSibling(stem + ".out");
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-Dlog.file=" + log);
    command.add("-cp");
    command.add(classPath);
    command.add(mainClass);
    command.addAll(arguments);
    return command;
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().keySet().removeAll(REMOVED);
    builder.environment().putAll(environment);
    // glibc's arenas, one for each core and thread, cost a JVM of ours some 100 MB for nothing.
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    return builder;
  }
}
