package tidemark.cli.flink;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tidemark.cli.process.ChildProcess;
import tidemark.cli.process.ProcessFailedException;

/**
 * A Flink assembled from artifacts, with the directories that one run of it uses.
 *
 * @param library jars of Flink itself, as {@code lib} of a distribution
 * @param additions jars beside them, such as the driver of a catalog
 * @param plugins file systems, as {@code plugins} of a distribution
 * @param configuration holds {@code config.yaml} and the logging configuration
 * @param temporary scratch space, emptied while nothing runs
 * @param logs one file for each process
 */
public record FlinkHome(
    Path library,
    List<Path> additions,
    Path plugins,
    Path configuration,
    Path temporary,
    Path logs) {
  private static final String JVM_OPTIONS = "env.java.opts.all";

  public FlinkHome {
    additions = List.copyOf(additions);
  }

  /** Refuses a home that has not been built. */
  public void requireBuilt() {
    for (Path needed : List.of(library, plugins)) {
      if (!Files.isDirectory(needed)) {
        throw new ProcessFailedException(
            needed + " is missing: build it with mvn -DskipTests package");
      }
    }
  }

  public Path settingsFile() {
    return configuration.resolve("config.yaml");
  }

  /** A process of Flink that runs by itself. */
  ChildProcess server(
      String name, String mainClass, List<String> jvmOptions, List<String> arguments) {
    return process(name, "log4j.properties", mainClass, jvmOptions, arguments);
  }

  /** A process of Flink that a person or a command waits for. */
  ChildProcess tool(String name, String mainClass, List<String> arguments) {
    return process(
        name,
        "log4j-cli.properties",
        mainClass,
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        arguments);
  }

  private String classPath() {
    StringBuilder classPath = new StringBuilder(library + "/*");
    additions.forEach(jar -> classPath.append(File.pathSeparator).append(jar));
    return classPath.toString();
  }

  private ChildProcess process(
      String name,
      String logging,
      String mainClass,
      List<String> jvmOptions,
      List<String> arguments) {
    List<String> options = new ArrayList<>(jvmOptions);
    options.addAll(FlinkSettings.read(settingsFile()).words(JVM_OPTIONS));
    options.add("-Djava.io.tmpdir=" + temporary);
    String loggingUri = configuration.resolve(logging).toUri().toString();
    options.add("-Dlog4j2.configurationFile=" + loggingUri);
    return new ChildProcess(
        name,
        classPath(),
        mainClass,
        options,
        arguments,
        Map.of(
            "FLINK_CONF_DIR", configuration.toString(),
            "FLINK_PLUGINS_DIR", plugins.toString(),
            "FLINK_LIB_DIR", library.toString(),
            "FLINK_LOG_DIR", logs.toString()),
        temporary,
        logs.resolve(name + ".log"));
  }
}
