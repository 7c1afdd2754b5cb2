package tidemark.cli.flink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.LogTail;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.process.Waiting;

/**
 * How a process of Flink splits its memory, computed by Flink itself from {@code config.yaml}, as
 * its own start scripts do.
 *
 * @param jvmOptions heap, direct memory and metaspace
 * @param arguments {@code -D key=value} for the process's own command line
 */
record FlinkMemory(List<String> jvmOptions, List<String> arguments) {
  private static final String MAIN_CLASS = "org.apache.flink.runtime.util.bash.BashJavaUtils";
  private static final String RESULT = "BASH_JAVA_UTILS_EXEC_RESULT:";

  FlinkMemory {
    jvmOptions = List.copyOf(jvmOptions);
    arguments = List.copyOf(arguments);
  }

  static FlinkMemory ofJobManager(FlinkHome home, Waiting waiting) {
    return compute(home, "GET_JM_RESOURCE_PARAMS", waiting);
  }

  static FlinkMemory ofTaskManager(FlinkHome home, Waiting waiting) {
    return compute(home, "GET_TM_RESOURCE_PARAMS", waiting);
  }

  private static FlinkMemory compute(FlinkHome home, String question, Waiting waiting) {
    ChildProcess tool =
        home.tool(
            question.contains("JM") ? "jobmanager-memory" : "taskmanager-memory",
            MAIN_CLASS,
            List.of(question, "--configDir", home.configuration().toString()));
    StartedProcess process = tool.start();
    try {
      waiting.until("Flink to compute its memory", List.of(), () -> !process.isAlive());
    } finally {
      process.identity().kill();
    }
    Path output = ChildProcess.outputOf(process.log());
    try {
      return parse(Files.readString(output, StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException e) {
      throw new ProcessFailedException(
          "Flink could not compute its memory from %s; %s"
              .formatted(home.settingsFile(), LogTail.describe(process)),
          e);
    }
  }

  static FlinkMemory parse(String output) {
    List<String> results =
        output
            .lines()
            .filter(line -> line.contains(RESULT))
            .map(line -> line.substring(line.indexOf(RESULT) + RESULT.length()).strip())
            .toList();
    if (results.size() < 2) {
      throw new IllegalArgumentException("expected 2 result lines, got " + results.size());
    }
    return new FlinkMemory(words(results.get(0)), words(results.get(1)));
  }

  private static List<String> words(String line) {
    return Arrays.stream(line.split("\\s+", -1)).filter(word -> !word.isEmpty()).toList();
  }
}
