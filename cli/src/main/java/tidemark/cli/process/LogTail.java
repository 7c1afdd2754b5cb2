package tidemark.cli.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The last lines of a log, for a message about the process that wrote it. Reads at most 64 KB. */
public final class LogTail {
  private static final int MAX_BYTES = 1 << 16;

  private LogTail() {}

  /** The last {@code lines} lines; empty if there is no such file or nothing in it. */
  public static List<String> of(Path log, int lines) {
    if (!Files.isReadable(log)) {
      return List.of();
    }
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long start = Math.max(0, file.length() - MAX_BYTES);
      byte[] bytes = new byte[(int) (file.length() - start)];
      file.seek(start);
      file.readFully(bytes);
      List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
      return all.subList(Math.max(0, all.size() - lines), all.size());
    } catch (IOException e) {
      return List.of("(cannot read " + log + ": " + e.getMessage() + ")");
    }
  }

  /** The process's last words, indented; its standard output if it logged nothing. */
  public static String describe(StartedProcess process) {
    List<String> tail = of(process.log(), 20);
    Path shown = process.log();
    if (tail.isEmpty()) {
      shown = ChildProcess.outputOf(process.log());
      tail = of(shown, 20);
    }
    return "last lines of %s:%n    %s"
        .formatted(
            shown,
            tail.isEmpty() ? "(nothing)" : String.join(System.lineSeparator() + "    ", tail));
  }
}
