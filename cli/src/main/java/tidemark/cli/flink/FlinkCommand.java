package tidemark.cli.flink;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.LogTail;
import tidemark.cli.process.ProcessFailedException;
import tidemark.cli.process.StartedProcess;
import tidemark.cli.process.Waiting;

/** Flink's own command line, {@code flink run} and the rest. A call costs a JVM: 3 to 6 s. */
public final class FlinkCommand {
  private static final String MAIN_CLASS = "org.apache.flink.client.cli.CliFrontend";
  private static final Pattern SUBMITTED =
      Pattern.compile("Job has been submitted with JobID ([0-9a-f]{32})");

  private final FlinkHome home;

  public FlinkCommand(FlinkHome home) {
    this.home = home;
  }

  /** Passes arguments through, in this terminal; the exit code is Flink's. */
  public int run(List<String> arguments) throws InterruptedException {
    return home.tool("flink", MAIN_CLASS, arguments).runInForeground();
  }

  /**
   * Submits a job and returns when the cluster has taken it.
   *
   * @param savepoint where its state comes from; empty text for none
   * @param parallelism of the job; empty for the cluster's default
   * @return the job's id
   */
  public String submit(
      Path jar,
      String mainClass,
      Map<String, String> options,
      String savepoint,
      OptionalInt parallelism,
      Waiting waiting) {
    List<String> arguments = submitArguments(jar, mainClass, options, savepoint, parallelism);
    StartedProcess process = home.tool("submit", MAIN_CLASS, arguments).start();
    try {
      waiting.until("flink run", List.of(), () -> !process.isAlive());
    } finally {
      process.identity().kill();
    }
    Path output = ChildProcess.outputOf(process.log());
    return jobIdIn(read(output))
        .orElseThrow(
            () ->
                new ProcessFailedException(
                    "the job was not submitted; last lines of %s:%n    %s"
                        .formatted(output, String.join("\n    ", LogTail.of(output, 30)))));
  }

  static List<String> submitArguments(
      Path jar,
      String mainClass,
      Map<String, String> options,
      String savepoint,
      OptionalInt parallelism) {
    List<String> arguments = new ArrayList<>(List.of("run", "--detached"));
    parallelism.ifPresent(
        number -> arguments.addAll(List.of("--parallelism", Integer.toString(number))));
    if (!savepoint.isEmpty()) {
      arguments.addAll(List.of("--fromSavepoint", savepoint));
    }
    arguments.addAll(List.of("--class", mainClass, jar.toString()));
    new TreeMap<>(options).forEach((key, value) -> arguments.addAll(List.of("--" + key, value)));
    return arguments;
  }

  static Optional<String> jobIdIn(String output) {
    Matcher matcher = SUBMITTED.matcher(output);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ProcessFailedException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
