package tidemark.gameday;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tidemark.cli.process.ProcessFailedException;

/**
 * {@code ./tidemark} on the cluster of a game, as a user would call it: a process with arguments,
 * output and an exit code.
 */
final class TidemarkCommand {
  private static final String MAIN_CLASS = "tidemark.cli.Main";
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final Path home;
  private final Stage stage;
  private int calls;

  /**
   * @param home the checkout
   * @param stage whose cluster is up
   */
  TidemarkCommand(Path home, Stage stage) {
    this.home = home;
    this.stage = stage;
  }

  /** A command that runs. */
  static final class Call {
    private final String text;
    private final Process process;
    private final Path output;

    private Call(String text, Process process, Path output) {
      this.text = text;
      this.process = process;
      this.output = output;
    }

    boolean hasEnded() {
      return !process.isAlive();
    }

    /** What it has printed so far, errors among it. */
    String output() {
      try {
        return Files.readString(output);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    int exitCode() {
      return process.exitValue();
    }

    /**
     * What it printed, once it has ended as it should.
     *
     * @throws ProcessFailedException if it ended with another exit code
     */
    String require(int exitCode) {
      if (exitCode() != exitCode) {
        throw new ProcessFailedException(
            "%s must end with exit code %d, got %d: %s"
                .formatted(text, exitCode, exitCode(), output()));
      }
      return output();
    }
  }

  /** Starts it and does not wait. */
  Call start(String... arguments) {
    String text = "tidemark " + String.join(" ", arguments);
    Path output = stage.cluster().layout().root().resolve("command-" + ++calls + ".log");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Dtidemark.home=" + home);
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add(MAIN_CLASS);
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("TIDEMARK_RUN", stage.cluster().layout().root().toString());
    builder.redirectErrorStream(true).redirectOutput(new File(output.toString()));
    try {
      stage.journal().step(text);
      return new Call(text, stage.endWith(builder.start()), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for its end, and gives what it printed if the exit code is this one. */
  String run(int exitCode, String... arguments) {
    Call call = start(arguments);
    await(call);
    return call.require(exitCode);
  }

  /** Waits for its end, and starts what dies meanwhile. */
  void await(Call call) {
    stage.await(call.text, LIMIT, call::hasEnded);
  }

  /** Ends a process that was started here. */
  static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
