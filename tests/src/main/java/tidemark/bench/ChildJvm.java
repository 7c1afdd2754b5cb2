package tidemark.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts JVMs of the same Java as this one that end with it, whatever way it ends but SIGKILL.
 *
 * <p>Output goes to {@code NAME.out} and {@code NAME.err} in a folder.
 *
 * @param classPath as for {@code java -cp}
 * @param folder working folder of the processes; exists
 */
record ChildJvm(String classPath, Path folder) {
  private static final int TAIL_LINES = 30;

  /** The class path of this process. */
  static ChildJvm likeThisOne(Path folder) {
    return new ChildJvm(System.getProperty("java.class.path"), folder);
  }

  Process start(String name, List<String> jvmOptions, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-Dlog4j2.configurationFile=" + logging().toUri());
    command.add("-cp");
    command.add(absolute(classPath));
    command.add(mainClass);
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(output(name).toFile())
            .redirectError(errors(name).toFile());
    // what would change the child's JVM behind our back
    builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  Path output(String name) {
    return folder.resolve(name + ".out");
  }

  private Path errors(String name) {
    return folder.resolve(name + ".err");
  }

  /** The last that a process said. */
  String tail(String name) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(output(name)));
    lines.addAll(Files.readAllLines(errors(name)));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }

  private Path logging() throws IOException {
    Path file = folder.resolve("log4j2.properties");
    if (!Files.exists(file)) {
      try (InputStream resource = ChildJvm.class.getResourceAsStream("log4j2.properties")) {
        Files.copy(resource, file);
      }
    }
    return file;
  }

  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(new File(entry).getAbsolutePath());
    }
    return String.join(File.pathSeparator, entries);
  }
}
