package tidemark.cli.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * What the agent tells those who watch it, in a small JSON file that it replaces each second.
 *
 * @param secondMs the last second that was sent, epoch milliseconds
 * @param points sent and acknowledged since the agent started
 * @param lostPoints given up because the broker did not take them in time
 * @param series different series in the last second
 * @param readMs how long reading the machine took, in the last second
 * @param sendMs how long sending and flushing took, in the last second
 */
public record AgentStatus(
    long secondMs, long points, long lostPoints, int series, long readMs, long sendMs) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Replaces the file as a whole. */
  void write(Path file) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    JSON.writeValue(fresh.toFile(), this);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Forgets what an agent before the next one said. */
  public static void remove(Path file) {
    try {
      boolean unused = Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }

  /** Empty if no agent has written it, or something that is no status is there. */
  public static Optional<AgentStatus> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(file.toFile(), AgentStatus.class));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
